"""The Athena API: one method per operation, in the service's own names, order and errors."""
from __future__ import annotations

import base64
import json
import re
import sys
import threading

from ..contract import ServiceError
from ..engine.catalog import live_columns
from ..engine.duck import Engine, Malformed, parse
from ..engine.errors import QueryFailure
from ..format.types import STRING
from ..glue.service import name_pattern
from . import ddl, dml, hive, prepared, replay, select, shapes
from .connectors import Connector
from .executions import Execution, Runner
from .results import ListRows, ResultSet, page
from .statements import Refused, classify
from .workgroups import Catalogs, WorkGroups, invalid

PARSED = {"select", "ctas", "insert", "update", "delete", "merge"}
NO_LOCATION = ("No output location provided. An output location is required either through the "
               "Workgroup result configuration setting or as an API input.")


def make_engine(sandbox):
    if getattr(sandbox, "engine_name", "duckdb") == "trino":
        from ..engine.trino_engine import TrinoEngine
        from ..engine.trino_server import find_home, find_java
        find_java(), find_home()         # says at once what is missing
        return TrinoEngine(sandbox.world.switch, sandbox)
    return Engine(sandbox.world.switch)


class AthenaService:
    """Answers the calls of all accounts. `handle` returns the answer's JSON members."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.engine = make_engine(sandbox)
        self.groups = WorkGroups(sandbox)
        self.catalogs = Catalogs(sandbox)
        self.prepared = prepared.PreparedStatements(self)
        self.replays = replay.Replays(self)
        self.runner = Runner(self)
        self.executions = {}
        self.order = []
        self.tokens = {}
        self.lock = threading.Lock()
        self.routes = {
            "select": select.run_select, "explain": select.run_explain, "execute": prepared.run_execute,
            "prepare": prepared.run_prepare, "deallocate": prepared.run_deallocate,
            "show_tables": hive.show_tables, "show_databases": hive.show_databases,
            "show_views": hive.show_views, "show_columns": hive.show_columns,
            "show_partitions": hive.show_partitions, "show_tblproperties": hive.show_tblproperties,
            "show_create_table": hive.show_create_table, "show_create_view": hive.show_create_view,
            "show_functions": hive.show_functions, "describe": hive.describe,
            "create_database": ddl.create_database, "drop_database": ddl.drop_database,
            "create_table": ddl.create_table, "drop_table": ddl.drop_table,
            "create_view": ddl.create_view, "drop_view": ddl.drop_view, "alter": ddl.alter,
            "msck": ddl.msck, "optimize": ddl.nothing_to_do, "vacuum": ddl.nothing_to_do,
            "ctas": dml.ctas, "insert": dml.insert, "update": dml.update, "delete": dml.delete,
            "merge": dml.merge, "unload": dml.unload,
        }

    def switch(self, name):
        """How a fact that is not confirmed is read in this world."""
        return self.sandbox.world.switch(name)

    def note(self, text):
        """A line for the sandbox's own log."""
        print(f"athena: {text}", file=sys.stderr, flush=True)

    def handle(self, call):
        operation = getattr(self, "op_" + call.action, None)
        if operation is None:
            raise ServiceError("UnknownOperationException",
                               f"The sandbox has no Athena operation {call.action}")
        params = call.params if call.params is not None else {}
        if not isinstance(params, dict):
            raise ServiceError("SerializationException", "")
        shapes.check(call.action, params)
        return operation(call, params)

    # ---- authorisation ---------------------------------------------------------------------

    def arn(self, call, kind, name):
        return f"arn:aws:athena:{call.region}:{call.caller.account}:{kind}/{name}"

    def allow(self, call, kind, name):
        self.sandbox.authorize(call.caller, f"athena:{call.action}", self.arn(call, kind, name),
                               call=call)

    def allow_all(self, call):
        self.sandbox.authorize(call.caller, f"athena:{call.action}", "*", call=call)

    def execution(self, call, query_id):
        found = self.executions.get(query_id)
        if found is None or found.caller.account != call.caller.account:
            raise invalid(f"QueryExecution {query_id} was not found", "QUERY_EXECUTION_NOT_FOUND")
        self.allow(call, "workgroup", found.group.name)
        return found

    # ---- StartQueryExecution ---------------------------------------------------------------

    def op_StartQueryExecution(self, call, params):
        name = params.get("WorkGroup") or "primary"
        self.allow(call, "workgroup", name)
        self.check_start(params)
        group = self.groups.find(call.caller.account, name)
        if group.state == "DISABLED":
            raise invalid(f"WorkGroup {name} is disabled.")
        if (group.engine or "").lower().startswith(("pyspark", "apache spark")):
            raise invalid("The workgroup is a Spark workgroup; it does not run SQL.")
        configuration = self.output_for(params, group)
        statement = self.statement(params["QueryString"])
        self.check_described(call, params, statement)
        self.check_bucket(call, configuration, group)
        return self.begin(call, params, group, configuration, statement)

    def check_start(self, params):
        token = params.get("ClientRequestToken")
        if not token:
            raise invalid("clientRequestToken is null or empty")
        if len(token) < 32:
            raise shapes.violation(token, "ClientRequestToken",
                                   "Member must have length greater than or equal to 32")
        if len(token) > 128 or len(token.encode()) > 128:
            raise shapes.violation(token, "ClientRequestToken",
                                   "Member must have length less than or equal to 128")
        if len(params["QueryString"]) > 262144:
            raise shapes.violation(params["QueryString"][:40], "QueryString",
                                   "Member must have length less than or equal to 262144")
        context = params.get("QueryExecutionContext") or {}
        for key, text in (("Database", context.get("Database")), ("Catalog", context.get("Catalog"))):
            if text == "":
                raise shapes.violation("", f"queryExecutionContext.{shapes.lower_first(key)}",
                                       "Member must have length greater than or equal to 1")
        given = params.get("ExecutionParameters")
        if given is not None and not given:
            raise shapes.violation("[]", "ExecutionParameters",
                                   "Member must have length greater than or equal to 1")
        for text in given or []:
            if not 1 <= len(text) <= 1024:
                raise shapes.violation(f"[{text[:20]}]", "ExecutionParameters", "Member must satisfy "
                                       "constraint: [Member must have length less than or equal to 1024, "
                                       "Member must have length greater than or equal to 1]")
        reuse = (params.get("ResultReuseConfiguration") or {}).get("ResultReuseByAgeConfiguration") or {}
        if not 0 <= (reuse.get("MaxAgeInMinutes") or 0) <= 10080:
            raise shapes.violation(
                reuse["MaxAgeInMinutes"],
                "resultReuseConfiguration.resultReuseByAgeConfiguration.maxAgeInMinutes",
                "Member must have value less than or equal to 10080")

    def output_for(self, params, group):
        """The result configuration that holds: the workgroup's where it is enforced."""
        given = dict(params.get("ResultConfiguration") or {})
        location = given.get("OutputLocation")
        if location is not None and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9](/.*)?", location):
            raise invalid("outputLocation is not a valid S3 path.")
        if group.managed:
            if given:
                raise invalid("ResultConfiguration must not be set in a WorkGroup with managed query "
                              "results")
            return {}
        own = group.result_configuration()
        if group.enforce and own.get("OutputLocation"):
            return own
        merged = {**own, **given}
        if not merged.get("OutputLocation"):
            raise invalid(NO_LOCATION)
        return merged

    def statement(self, sql):
        try:
            statement = classify(sql)
            if statement.route == "create_table":
                self.check_create_table(statement)
            if statement.route in PARSED and self.replays.marker(sql) is None:
                parse(statement.body)
        except (Refused, Malformed) as error:
            raise invalid(str(error), "MALFORMED_QUERY") from None
        return statement

    def check_create_table(self, statement):
        text = statement.body.lower()
        if "external" not in text.split("table")[0]:
            ddl.create_table_shape(statement)

    def check_described(self, call, params, statement):
        """DESCRIBE and SHOW COLUMNS of something missing are refused before they run."""
        if statement.route not in ("describe", "show_columns"):
            return
        parts = statement.name
        if statement.route == "show_columns":
            inner, _ = hive.in_database(statement.rest)
            parts = inner + parts[-1:] if inner else parts
        known = {"awsdatacatalog"} | {k.lower() for k in self.catalogs.glue_ids(call.caller.account)}
        if len(parts) > 2 and parts[-3] not in known:
            raise invalid(f"Catalog '{parts[-3]}' does not exist", "DATACATALOG_NOT_FOUND")
        probe = Execution(statement, call.caller, self.groups.find(call.caller.account, "primary"),
                          params)
        names = hive.Names(self.runner, probe, parts)
        try:
            self.sandbox.glue.get_table_as(call.caller, names.catalog_id, names.database, names.table,
                                           via_athena=True)
        except ServiceError as error:
            if error.code == "EntityNotFoundException":
                raise invalid("Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error "
                              f"Code: EntityNotFoundException; Request ID: {call.request_id}; Proxy: "
                              "null)") from None

    def check_bucket(self, call, configuration, group):
        location = configuration.get("OutputLocation")
        if not location or not self.switch("output_bucket_checked_at_start"):
            return
        bucket = location[5:].partition("/")[0]
        owner = self.sandbox.store.bucket(bucket)
        expected = configuration.get("ExpectedBucketOwner")
        try:
            self.sandbox.authorize(call.caller, "s3:GetBucketLocation", f"arn:aws:s3:::{bucket}",
                                   via_athena=True)
            if owner is not None and expected and expected != owner.owner_account:
                raise ServiceError("AccessDenied", "Access Denied", 403)
        except ServiceError:
            raise invalid(f"Unable to verify/create output bucket {bucket}") from None

    def begin(self, call, params, group, configuration, statement):
        context = params.get("QueryExecutionContext") or {}
        fingerprint = (params["QueryString"], context.get("Catalog"), context.get("Database"),
                       (params.get("ResultConfiguration") or {}).get("OutputLocation"))
        key = (call.caller.account, params["ClientRequestToken"])
        with self.lock:
            if key in self.tokens:
                known, query_id = self.tokens[key]
                if known != fingerprint:
                    raise invalid("Idempotent parameters do not match", "IDEMPOTENT_PARAMETER_MISMATCH")
                return {"QueryExecutionId": query_id}
            self.check_concurrency(call, group)
            execution = Execution(statement, call.caller, group, params)
            execution.submitted = self.sandbox.clock.epoch()
            execution.configuration = configuration
            if statement.sub == "UNLOAD" and not self.switch("unload_has_substatement"):
                execution.sub = None
            self.runner.prepare_output(execution)
            self.tokens[key] = (fingerprint, execution.id)
            self.executions[execution.id] = execution
            self.order.append(execution.id)
        self.replays.attach(execution)
        if not execution.done.is_set() and not self.reuse(call, execution):
            self.runner.start(execution)
        return {"QueryExecutionId": execution.id}

    def check_concurrency(self, call, group):
        active = sum(1 for i in self.order[-500:] for e in [self.executions[i]]
                     if not e.is_over and e.caller.account == call.caller.account)
        if active >= group.concurrent:
            raise ServiceError("TooManyRequestsException",
                               "You have exceeded the limit for the number of queries you can run "
                               "concurrently. Reduce the number of concurrent queries submitted by this "
                               "account. Contact customer support to request a concurrent query limit "
                               "increase.", Reason="CONCURRENT_QUERY_LIMIT_EXCEEDED")

    def reuse(self, call, execution):
        """Answer from an earlier result of the same query; false when there is none to use."""
        asked = (execution.request.get("ResultReuseConfiguration") or {}) \
            .get("ResultReuseByAgeConfiguration") or {}
        if not asked.get("Enabled") or execution.statement.route != "select" or execution.walk:
            return False
        oldest = self.sandbox.clock.epoch() - 60 * asked.get("MaxAgeInMinutes", 60)
        for query_id in reversed(self.order[:-1]):
            old = self.executions[query_id]
            if self.same_query(old, execution) and old.finished >= oldest and \
                    self.may_still_read(execution, old):
                execution.reused = True
                if self.switch("reuse_keeps_old_location"):
                    execution.location, execution.output = old.location, old.output
                else:
                    self.copy_result(execution, old)
                execution.result, execution.engine_ms, execution.queue_ms = old.result, 0, 0
                execution.rows_out, execution.bytes_out = old.rows_out, old.bytes_out
                self.runner.finish(execution, "SUCCEEDED")
                execution.done.set()
                return True
        return False

    def copy_result(self, execution, old):
        """Give a reused result an object of its own."""
        for ending in (".csv", ".csv.metadata"):
            info = old.output and self.sandbox.store.get(old.output.bucket,
                                                         old.output.key(old.id + ending))
            if info:
                self.runner.write(execution, execution.id + ending, info.path)

    @staticmethod
    def same_query(old, new):
        return old.state == "SUCCEEDED" and not old.reused and \
            old.group is new.group and old.statement.text == new.statement.text and \
            old.context == new.context and old.configuration == new.configuration and \
            old.parameters == new.parameters and old.caller.account == new.caller.account

    def may_still_read(self, execution, old):
        """The caller has rights to every table and to the old result object."""
        try:
            connection = self.engine.connect()
            try:
                self.engine.prepare(connection, select.bound_sql(self.runner, execution),
                                    self.runner.catalog(execution), self.sandbox.clock.now())
            finally:
                connection.close()
            if old.output is not None:
                self.sandbox.store.read_as(execution.caller, old.output.bucket,
                                           old.output.key(f"{old.id}.csv"), via_athena=True)
        except (QueryFailure, ServiceError):
            return False
        return True

    # ---- queries ---------------------------------------------------------------------------

    def op_GetQueryExecution(self, call, params):
        return {"QueryExecution": self.execution(call, params["QueryExecutionId"]).shape()}

    def op_BatchGetQueryExecution(self, call, params):
        ids = params["QueryExecutionIds"]
        if not 1 <= len(ids) <= 50:
            raise shapes.violation(f"{ids[:1]}", "QueryExecutionIds",
                                   "Member must have length less than or equal to 50")
        found, missing = [], []
        for query_id in ids:
            try:
                found.append(self.execution(call, query_id).shape())
            except ServiceError as error:
                if error.code != "InvalidRequestException":
                    raise
                missing.append({"QueryExecutionId": query_id, "ErrorCode": "QUERY_EXECUTION_NOT_FOUND",
                                "ErrorMessage": error.message})
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    def op_ListQueryExecutions(self, call, params):
        name = params.get("WorkGroup") or "primary"
        self.allow(call, "workgroup", name)
        self.groups.find(call.caller.account, name)
        ids = [i for i in reversed(self.order) if self.executions[i].group.name == name and
               self.executions[i].caller.account == call.caller.account]
        return self.listed(params, ids, "QueryExecutionIds", 50)

    def op_StopQueryExecution(self, call, params):
        self.execution(call, params["QueryExecutionId"]).cancel()
        return {}

    def op_GetQueryResults(self, call, params):
        execution = self.execution(call, params["QueryExecutionId"])
        limit = params.get("MaxResults")
        if limit is not None and limit > 1000:
            raise invalid("MaxResults is more than maximum allowed length 1000.")
        state = execution.state
        if state in ("QUEUED", "RUNNING"):
            shown = "RUNNING" if self.switch("queued_results_say_running") else state
            raise invalid(f"Query has not yet finished. Current state: {shown}",
                          "INVALID_QUERY_EXECUTION_STATE")
        if state == "FAILED" and not execution.hive_failure:
            if execution.statement.route == "alter":
                raise invalid("Could not find results", "RESULT_NOT_FOUND")
            raise invalid("Query did not finish successfully. Final query state: FAILED",
                          "INVALID_QUERY_EXECUTION_STATE")
        if state == "CANCELLED":
            raise invalid("Could not find results", "RESULT_NOT_FOUND")
        self.check_readable(call, execution)
        if params.get("QueryResultType") == "DATA_MANIFEST":
            return self.manifest(execution, limit or 1000, params.get("NextToken"))
        if execution.virtual is not None:
            return execution.virtual(execution, limit or 1000, params.get("NextToken"))
        answer = page(execution.id, execution.result, limit or 1000, params.get("NextToken"))
        if not self.switch("duplicate_result_members"):
            for extra in ("ColumnInfos", "ResultRows"):
                del answer["ResultSet"][extra]
        return answer

    def manifest(self, execution, limit, token):
        """The list of written files, for CTAS, INSERT and UNLOAD."""
        if execution.statement.route not in ("ctas", "insert", "unload"):
            raise invalid("QueryResultType DATA_MANIFEST is supported for CTAS, UNLOAD and INSERT only")
        rows = []
        if execution.manifest:
            bucket, _, key = execution.manifest[5:].partition("/")
            info = self.sandbox.store.get(bucket, key)
            rows = [[line] for line in info.read().decode().splitlines()] if info else []
        return page(execution.id, ResultSet([("manifest", STRING)], ListRows(rows)), limit, token)

    def check_readable(self, call, execution):
        """GetQueryResults needs the caller's s3:GetObject on the result, managed results apart."""
        if execution.output is None or execution.location is None:
            return
        bucket, _, key = execution.location[5:].partition("/")
        try:
            if self.sandbox.store.get(bucket, key) is not None:
                self.sandbox.store.read_as(call.caller, bucket, key, via_athena=True)
        except ServiceError:
            raise ServiceError(
                "AccessDeniedException", "Access denied when reading result from "
                f"{execution.location}: you are not authorized to perform: s3:GetObject") from None

    def op_GetQueryRuntimeStatistics(self, call, params):
        execution = self.execution(call, params["QueryExecutionId"])
        if not execution.is_over:
            raise invalid(f"Query has not yet finished. Current state: {execution.state}",
                          "INVALID_QUERY_EXECUTION_STATE")
        numbers = execution.statistics()
        timeline = {k: v for k, v in numbers.items() if k.endswith("InMillis")}
        out = {"Timeline": timeline,
               "Rows": {"InputRows": execution.rows_in, "InputBytes": execution.scanned,
                        "OutputRows": execution.rows_out, "OutputBytes": execution.bytes_out}}
        if execution.statement.kind == "DML":
            out["OutputStage"] = {
                "StageId": 0, "State": "FINISHED", "OutputBytes": execution.bytes_out,
                "OutputRows": execution.rows_out, "InputBytes": execution.scanned,
                "InputRows": execution.rows_in, "ExecutionTime": execution.engine_ms or 0,
                "SubStages": []}
        return {"QueryRuntimeStatistics": out}

    # ---- workgroups --------------------------------------------------------------------------

    def op_GetWorkGroup(self, call, params):
        self.allow(call, "workgroup", params["WorkGroup"])
        return {"WorkGroup": self.groups.find(call.caller.account, params["WorkGroup"]).shape()}

    def op_ListWorkGroups(self, call, params):
        self.allow_all(call)
        groups = [g.summary() for g in self.groups.of(call.caller.account)]
        return self.listed(params, groups, "WorkGroups", 50)

    def op_ListEngineVersions(self, call, params):
        self.allow_all(call)
        versions = [{"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
                    {"SelectedEngineVersion": "Athena engine version 3",
                     "EffectiveEngineVersion": "Athena engine version 3"}]
        return self.listed(params, versions, "EngineVersions", 10)

    def listed(self, params, items, member, most, least=1):
        """One page of a list; the token is opaque."""
        limit = shapes.at_most(params, most, least)
        start = 0
        if params.get("NextToken"):
            try:
                start = int(json.loads(base64.b64decode(params["NextToken"]))["at"])
            except (ValueError, KeyError, TypeError):
                raise invalid(f"Malformed nextPageToken {params['NextToken']}") from None
        out = {member: items[start:start + limit]}
        if start + limit < len(items):
            out["NextToken"] = base64.b64encode(
                json.dumps({"at": start + limit, "of": member}).encode()).decode()
        return out

    # ---- catalogs ------------------------------------------------------------------------------

    def op_ListDataCatalogs(self, call, params):
        self.allow_all(call)
        items = []
        for name, raw in self.catalogs.of(call.caller.account).items():
            shape = self.catalogs.shape(name, raw or {}, call.caller.account)
            items.append({"CatalogName": name, "Type": shape["Type"], "Status": "CREATE_COMPLETE"})
        return self.listed(params, sorted(items, key=lambda c: c["CatalogName"]),
                           "DataCatalogsSummary", 50, 2)

    def data_catalog(self, call, name):
        self.allow(call, "datacatalog", name)
        found = self.catalogs.find(call.caller.account, name)
        if found is None:
            raise invalid(f"Data catalog {name} was not found", "DATACATALOG_NOT_FOUND")
        return found

    def op_GetDataCatalog(self, call, params):
        name, raw = self.data_catalog(call, params["Name"])
        return {"DataCatalog": self.catalogs.shape(name, raw, call.caller.account)}

    def source(self, call, name):
        """(Glue CatalogId, None) of a data source, or (None, its connector)."""
        known, raw = self.data_catalog(call, name)
        if known == "AwsDataCatalog":
            return None, None
        if str(raw.get("type", "GLUE")).upper() != "GLUE":
            return None, Connector(self.sandbox, call.caller, known, raw)
        return str(raw.get("catalog_id") or raw.get("account") or call.caller.account), None

    def metadata(self, function, *args):
        """A Glue read on behalf of the caller; its errors are embedded in MetadataException."""
        try:
            return function(*args, via_athena=True)
        except ServiceError as error:
            service = "AWSGlue; Status Code: 400; Error Code: " + error.code
            raise ServiceError("MetadataException", f"{error.message} (Service: {service}; Request ID: "
                               "00000000-0000-0000-0000-000000000000; Proxy: null)") from error

    @staticmethod
    def database_shape(database):
        out = {"Name": database["Name"], "Parameters": database.get("Parameters") or {}}
        if database.get("Description"):
            out["Description"] = database["Description"]
        return out

    def op_ListDatabases(self, call, params):
        catalog, connector = self.source(call, params["CatalogName"])
        found = connector.databases() if connector else \
            self.metadata(self.sandbox.glue.get_databases_as, call.caller, catalog)
        items = [self.database_shape(d) for d in sorted(found, key=lambda d: d["Name"])]
        return self.listed(params, items, "DatabaseList", 50)

    def op_GetDatabase(self, call, params):
        catalog, connector = self.source(call, params["CatalogName"])
        found = connector.database(params["DatabaseName"]) if connector else self.metadata(
            self.sandbox.glue.get_database_as, call.caller, catalog, params["DatabaseName"])
        return {"Database": self.database_shape(found)}

    @staticmethod
    def table_shape(table):
        def column(raw):
            out = {"Name": raw["Name"], "Type": raw.get("Type", "string")}
            if raw.get("Comment"):
                out["Comment"] = raw["Comment"]
            return out
        descriptor = table.get("StorageDescriptor") or {}
        parameters = dict(table.get("Parameters") or {})
        serde = descriptor.get("SerdeInfo") or {}
        extra = {"inputformat": descriptor.get("InputFormat"), "location": descriptor.get("Location"),
                 "outputformat": descriptor.get("OutputFormat"),
                 "serde.serialization.lib": serde.get("SerializationLibrary")}
        parameters.update({k: v for k, v in extra.items() if v})
        out = {"Name": table["Name"], "CreateTime": table.get("CreateTime"), "LastAccessTime": 0.0,
               "TableType": table.get("TableType", ""),
               "Columns": [column(c) for c in live_columns(table)],
               "PartitionKeys": [column(c) for c in table.get("PartitionKeys") or []],
               "Parameters": parameters}
        return {k: v for k, v in out.items() if v is not None}

    def op_ListTableMetadata(self, call, params):
        catalog, connector = self.source(call, params["CatalogName"])
        found = connector.tables(params["DatabaseName"]) if connector else self.metadata(
            self.sandbox.glue.get_tables_as, call.caller, catalog, params["DatabaseName"])
        if params.get("Expression"):
            pattern = name_pattern(params["Expression"])
            found = [table for table in found if pattern.fullmatch(table["Name"])]
        found = sorted(found, key=lambda table: table["Name"])
        return self.listed(params, [self.table_shape(x) for x in found], "TableMetadataList", 50)

    def op_GetTableMetadata(self, call, params):
        catalog, connector = self.source(call, params["CatalogName"])
        place = params["DatabaseName"], params["TableName"]
        found = connector.table(*place) if connector else self.metadata(
            self.sandbox.glue.get_table_as, call.caller, catalog, *place)
        return {"TableMetadata": self.table_shape(found)}

    # ---- prepared statements, tags -----------------------------------------------------------

    def op_CreatePreparedStatement(self, call, params):
        self.allow(call, "workgroup", params["WorkGroup"])
        return self.prepared.create(call, params)

    def op_UpdatePreparedStatement(self, call, params):
        self.allow(call, "workgroup", params["WorkGroup"])
        return self.prepared.update(call, params)

    def op_GetPreparedStatement(self, call, params):
        self.allow(call, "workgroup", params["WorkGroup"])
        return {"PreparedStatement": self.prepared.get(call, params["WorkGroup"], params["StatementName"])}

    def op_BatchGetPreparedStatement(self, call, params):
        self.allow(call, "workgroup", params["WorkGroup"])
        found, missing = [], []
        for name in params["PreparedStatementNames"]:
            try:
                found.append(self.prepared.get(call, params["WorkGroup"], name))
            except ServiceError as error:
                missing.append({"StatementName": name, "ErrorCode": "STATEMENT_NOT_FOUND",
                                "ErrorMessage": error.message})
        return {"PreparedStatements": found, "UnprocessedPreparedStatementNames": missing}

    def op_ListPreparedStatements(self, call, params):
        self.allow(call, "workgroup", params["WorkGroup"])
        return self.listed(params, self.prepared.of(call, params["WorkGroup"]), "PreparedStatements", 50)

    def op_DeletePreparedStatement(self, call, params):
        self.allow(call, "workgroup", params["WorkGroup"])
        return self.prepared.delete(call, params["WorkGroup"], params["StatementName"])
