"""A sandbox that is told to stop does not wait for the queries it runs."""
import json
import os
import subprocess
import sys
import time

from conftest import WORLD, Handle

# Far more rows than any machine counts within a test.
ENDLESS = ("SELECT count(*) FROM rows_1500 a CROSS JOIN rows_1500 b CROSS JOIN rows_1500 c CROSS JOIN rows_1500 d "
           "WHERE a.n * b.n + c.n * d.n = 7")


def test_a_running_query_does_not_keep_the_process(tmp_path):
    process = subprocess.Popen([sys.executable, "-m", "athena_sandbox", "serve", "--world", str(WORLD), "--state", str(tmp_path), "--port", "0"],
                               env=dict(os.environ), stdout=subprocess.DEVNULL)
    try:
        written = tmp_path / "running.json"
        for _ in range(300):
            if written.exists():
                break
            time.sleep(0.1)
        endpoint = json.loads(written.read_text())["endpoint"]
        handle = Handle.__new__(Handle)
        handle.endpoint = endpoint
        athena = handle.clients("222233334444", "athena")
        query = athena.start_query_execution(QueryString=ENDLESS, WorkGroup="retail-bi",
                                             QueryExecutionContext={"Database": "edges"})["QueryExecutionId"]
        for _ in range(100):
            status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] == "RUNNING":
                break
            time.sleep(0.05)
        time.sleep(1)
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        assert status["State"] == "RUNNING", status
        process.terminate()
        process.wait(10)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
