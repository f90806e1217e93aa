// Runs simulations (a JSON array on standard input) through an independent IAM simulator and prints its answers.
// The package is no part of this project: its node_modules directory is given as the first argument.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const entry = process.argv[2] + '/@cloud-copilot/iam-simulate/dist/esm/index.js'
const { runSimulation } = await import(pathToFileURL(entry))
const answers = []
for (const simulation of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const answer = await runSimulation(simulation, {})
    const overall = answer.overallResult ?? answer.analysis?.result ?? answer.resultType
    answers.push({ result: overall, errors: answer.errors ?? null })
  } catch (error) {
    answers.push({ result: 'error', errors: String(error) })
  }
}
console.log(JSON.stringify(answers))
