"""One query execution: its state walk, its statistics, the work of running it."""
from __future__ import annotations

import os
import pathlib
import shutil
import threading
import time
import uuid

import duckdb

from ..contract import ServiceError
from ..engine.catalog import QueryCatalog
from ..engine.deep import deep_thread
from ..engine.errors import QueryFailure
from ..format import metadata
from .results import ListRows, Output, ResultSet, object_name

OCTETS = "application/octet-stream"
BINARY = "binary/octet-stream"


class Cancelled(Exception):
    """The query was stopped; `reason` is StateChangeReason."""

    def __init__(self, reason="Query cancelled by user"):
        super().__init__(reason)
        self.reason = reason


class Execution:
    """Everything about one query; GetQueryExecution shows a part of it."""

    def __init__(self, statement, caller, group, request):
        self.id = str(uuid.uuid4())
        self.statement = statement
        self.caller = caller
        self.group = group
        self.request = request
        self.context = dict(request.get("QueryExecutionContext") or {})
        self.parameters = request.get("ExecutionParameters")
        self.state = "QUEUED"
        self.reason = None
        self.error = None
        self.hive_failure = False
        self.submitted = self.started = self.finished = None
        self.began = time.monotonic()
        self.engine_ms = None
        self.queue_ms = None
        self.planning_ms = None
        self.scanned = 0
        self.read_so_far = None           # of a query that was stopped while the engine worked
        self.reused = False
        self.manifest = None
        self.location = None
        self.configuration = {}
        self.managed = group.managed
        self.output = None
        self.result = None
        self.rows_in = self.rows_out = self.bytes_out = 0
        self.connection = None
        self.stop = threading.Event()
        self.done = threading.Event()
        self.lock = threading.Lock()
        self.walk = None                  # scripted list of (state, seconds)
        self.virtual = None
        self.engine_id = None
        self.sub = statement.sub

    # ---- shapes ----------------------------------------------------------------------------

    def shape(self):
        status = {"State": self.state, "SubmissionDateTime": round(self.submitted, 3)}
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.finished is not None:
            status["CompletionDateTime"] = round(self.finished, 3)
        if self.error and self.state == "FAILED":
            status["AthenaError"] = self.error
        out = {
            "QueryExecutionId": self.id, "Query": self.statement.text,
            "StatementType": self.statement.kind,
            "ResultConfiguration": self.shown_configuration(),
            "ResultReuseConfiguration": self.request.get("ResultReuseConfiguration") or
            {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": self.shown_context(),
            "Status": status, "Statistics": self.statistics(), "WorkGroup": self.group.name,
            "EngineVersion": self.group.engine_version(),
        }
        if self.sub:
            out["SubstatementType"] = self.sub
        if self.managed:
            out["ManagedQueryResultsConfiguration"] = {"Enabled": True}
        if self.parameters:
            out["ExecutionParameters"] = self.parameters
        return out

    def shown_configuration(self):
        if self.managed:
            return {}
        out = dict(self.configuration)
        out["OutputLocation"] = self.location
        return out

    def shown_context(self):
        out = dict(self.context)
        if "Catalog" in out:
            out["Catalog"] = out["Catalog"].lower()
        return out

    def statistics(self):
        now = self.finished_clock() - self.began
        total = int(now * 1000)
        out = {"EngineExecutionTimeInMillis": self.engine_ms or 0,
               "DataScannedInBytes": self.scanned, "TotalExecutionTimeInMillis": total}
        if self.queue_ms is not None:
            out["QueryQueueTimeInMillis"] = self.queue_ms
        if self.done.is_set():
            out["ServicePreProcessingTimeInMillis"] = 0
            out["ServiceProcessingTimeInMillis"] = max(
                0, total - (self.engine_ms or 0) - (self.queue_ms or 0))
        if self.planning_ms is not None:
            out["QueryPlanningTimeInMillis"] = self.planning_ms
        if self.manifest:
            out["DataManifestLocation"] = self.manifest
        out["ResultReuseInformation"] = {"ReusedPreviousResult": self.reused}
        return out

    def finished_clock(self):
        return getattr(self, "ended", None) or time.monotonic()

    @property
    def is_over(self):
        return self.state in ("SUCCEEDED", "FAILED", "CANCELLED")

    # ---- stopping --------------------------------------------------------------------------

    def cancel(self):
        with self.lock:
            if self.is_over:
                return
            self.stop.set()
            if self.connection is not None:
                done = self.connection.query_progress()
                self.read_so_far = int(self.scanned * min(max(done, 0.0), 100.0) / 100)
                self.connection.interrupt()
                threading.Thread(target=self.insist, name=f"cancel-{self.id[:8]}", daemon=True).start()

    def insist(self):
        """An interrupt between two statements of the engine is lost, so it is repeated until the query is over."""
        while not self.done.wait(0.05):
            with self.lock:
                if self.connection is not None:
                    self.connection.interrupt()

    def check(self):
        if self.stop.is_set():
            raise Cancelled()


class Runner:
    """Runs executions in threads of their own."""

    def __init__(self, service):
        self.service = service
        self.sandbox = service.sandbox
        self.engine = service.engine
        self.queue_seconds = 0.03
        shutil.rmtree(pathlib.Path(self.sandbox.state_dir) / "athena", ignore_errors=True)
        self.sequence = 0
        self.lock = threading.Lock()

    def start(self, execution):
        with self.lock:
            self.sequence += 1
            number = self.sequence
        moment = self.sandbox.clock.now()
        execution.engine_id = f"{moment:%Y%m%d_%H%M%S}_{number % 100000:05d}_sandb"
        deep_thread(self.run, execution, name=f"query-{execution.id[:8]}")

    def run(self, execution):
        try:
            self.wait(execution)
            started = time.monotonic()
            execution.queue_ms = int((started - execution.began) * 1000)
            execution.state = "RUNNING"
            result = self.work(execution)
            execution.check()
            execution.engine_ms = int((time.monotonic() - started) * 1000)
            execution.result = result
            self.finish(execution, "SUCCEEDED")
        except Cancelled as error:
            execution.reason = error.reason
            execution.result = None
            if execution.read_so_far is not None:
                execution.scanned = execution.read_so_far
            self.finish(execution, "CANCELLED")
        except duckdb.InterruptException:
            execution.reason = "Query cancelled by user"
            execution.result = None
            execution.scanned = execution.read_so_far or 0
            self.finish(execution, "CANCELLED")
        except QueryFailure as error:
            if execution.stop.is_set():                # how an interrupted engine ends is not always told as such
                execution.reason = "Query cancelled by user"
                execution.result = None
                self.finish(execution, "CANCELLED")
            else:
                self.fail(execution, error)
        except ServiceError as error:
            self.fail(execution, QueryFailure("GENERIC_USER_ERROR", error.message, error_type=1000))
        except Exception as error:                     # a fault of the sandbox's own code
            self.service.note(f"query {execution.id}: {type(error).__name__}: {error}")
            self.fail(execution, QueryFailure(
                "GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {error}", category=1))
        finally:
            with execution.lock:
                connection, execution.connection = execution.connection, None
            if connection is not None:
                connection.close()
            execution.done.set()

    def wait(self, execution):
        """The queue, or a scripted walk through states."""
        for state, seconds in execution.walk or [("QUEUED", self.queue_seconds)]:
            execution.state = state
            if execution.stop.wait(seconds):
                raise Cancelled()

    def finish(self, execution, state):
        execution.ended = time.monotonic()
        execution.finished = self.sandbox.clock.epoch()
        free = None
        if state == "FAILED":
            free = "failed"
        elif execution.statement.kind != "DML" and execution.statement.route != "ctas":
            free = "ddl"
        elif execution.reused:
            free = "reused"
        elif state == "CANCELLED" and execution.scanned == 0:
            free = "nothing read"
        caller = execution.caller
        self.sandbox.ledger.bill(
            caller.account, execution.id, execution.scanned, state=state, free=free,
            role=caller.role_arn, session=caller.arn, workgroup=execution.group.name,
            statement=execution.sub)
        execution.state = state

    def fail(self, execution, error):
        execution.reason = error.reason
        execution.error = {"ErrorCategory": error.category, "ErrorType": error.error_type,
                           "Retryable": error.retryable, "ErrorMessage": error.error_message}
        if getattr(error, "silent", False):
            execution.error = None
        execution.hive_failure = error.hive
        execution.scanned = 0
        if error.hive:
            execution.result = ResultSet(None, ListRows([]))
            try:
                self.write(execution, f"{execution.id}.txt", error.reason.encode())
            except QueryFailure:
                pass
        self.finish(execution, "FAILED")

    # ---- pieces for the routes ---------------------------------------------------------------

    def catalog(self, execution):
        context = execution.context
        found = QueryCatalog(self.sandbox, execution.caller, context.get("Catalog"),
                             context.get("Database"),
                             self.service.catalogs.glue_ids(execution.caller.account))
        found.pays_requests = execution.group.requester_pays
        return found

    def connect(self, execution):
        connection = self.engine.connect()
        with execution.lock:
            execution.connection = connection
        execution.check()
        return connection

    def place(self, execution):
        """A file of its own for the rows of an execution."""
        folder = pathlib.Path(self.sandbox.state_dir) / "athena"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / execution.id

    def write(self, execution, name, data, content_type=OCTETS):
        """Put a result object as the caller; nothing for managed results or a missing bucket."""
        output = execution.output
        if output is None or self.sandbox.store.bucket(output.bucket) is None:
            return
        owner = (execution.configuration.get("ExpectedBucketOwner") or None)
        encryption = execution.configuration.get("EncryptionConfiguration") or {}
        option = encryption.get("EncryptionOption")
        kms = encryption.get("KmsKey") if option == "SSE_KMS" else None
        try:
            if option == "CSE_KMS":
                data = self.sealed(execution, data, encryption.get("KmsKey"))
            self.sandbox.store.put_as(execution.caller, output.bucket, output.key(name), data,
                                      via_athena=True, expected_owner=owner,
                                      content_type=content_type, kms_key=kms,
                                      in_parts=not self.service.switch("result_etag_is_md5"))
        except ServiceError as error:
            where = output.uri(name)
            raise QueryFailure(
                "ACCESS_DENIED", "", error_type=401,
                reason=f"Access denied when writing output to url: {where} . Please ensure you are "
                "allowed to access the S3 bucket. If you are encrypting query results with KMS key, "
                "please ensure you are allowed to access your KMS key") from error

    def sealed(self, execution, data, key):
        """What a reader of the object sees of a client-side encrypted result: bytes without sense."""
        if key:
            self.sandbox.authorize(execution.caller, "kms:GenerateDataKey", key, via_athena=True)
        size = data.stat().st_size if isinstance(data, pathlib.Path) else len(data)
        return os.urandom(size + 16)

    def prepare_output(self, execution):
        if execution.managed:
            return
        execution.output = Output(execution.configuration["OutputLocation"])
        execution.location = execution.output.uri(
            object_name(execution.statement.route, execution.id))

    def work(self, execution):
        """Run the statement by its route; the ResultSet."""
        return self.service.routes[execution.statement.route](self, execution)

    def companion(self, execution, name, columns, update_type=None, update_count=None, own_id=False):
        """The `.metadata` of an object."""
        query_id = execution.id if own_id else execution.engine_id
        self.write(execution, name + ".metadata",
                   metadata.message(query_id, columns, update_type, update_count))
