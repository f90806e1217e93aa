"""Every answer of the Athena service against the published service model: no unknown member, right types,
but for the two members that the real service adds."""
import json
import uuid

import botocore.session
import pytest

from athena_sandbox.contract import ServiceError
from test_athena_api import Athena

MODEL = botocore.session.get_session().get_service_model("athena")
KNOWN_EXTRA = {"ColumnInfos", "ResultRows"}
PYTHON = {"string": str, "integer": int, "long": int, "boolean": bool, "timestamp": (int, float), "double": (int, float)}


@pytest.fixture(scope="module")
def athena(sandbox):
    return Athena(sandbox)


def mistakes(shape, value, path):
    """Paths at which a value does not fit its shape."""
    if value is None:
        return []
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return [f"{path}: not an object"]
        found = [f"{path}.{k}: unknown member" for k in value if k not in shape.members and k not in KNOWN_EXTRA]
        for name, member in shape.members.items():
            if name in value:
                found += mistakes(member, value[name], f"{path}.{name}")
        return found + [f"{path}.{n}: missing" for n in shape.required_members if n not in value]
    if shape.type_name == "list":
        return [m for n, item in enumerate(value) for m in mistakes(shape.member, item, f"{path}[{n}]")]
    if shape.type_name == "map":
        return [m for k, item in value.items() for m in mistakes(shape.value, item, f"{path}.{k}")]
    wanted = PYTHON[shape.type_name]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return [f"{path}: {value!r} is no {shape.type_name}"]
    if getattr(shape, "enum", None) and value not in shape.enum:
        return [f"{path}: {value!r} is not in the enumeration"]
    return []


def check(athena, action, **params):
    answer = athena.direct(action, **params)
    if isinstance(answer, bytes):
        answer = json.loads(answer)
    json.dumps(answer)
    shape = MODEL.operation_model(action).output_shape
    assert mistakes(shape, answer, action) == []
    return answer


STATEMENTS = ["SELECT 1 AS n", "SELECT * FROM edges.every_type", "SHOW TABLES", "DESCRIBE flights", "EXPLAIN SELECT 1",
              "CREATE DATABASE IF NOT EXISTS flights", "SELECT 1/0", "DROP TABLE nope_nope", "SHOW FUNCTIONS",
              "/*+ sandbox:replay=narrow:5000 */ SELECT 1", "SELECT * FROM edges.every_type_view"]


@pytest.mark.parametrize("sql", STATEMENTS)
@pytest.mark.parametrize("group", ["retail-bi", "retail-managed"])
def test_the_answers_about_a_query_fit_the_model(athena, sql, group):
    started = check(athena, "StartQueryExecution", QueryString=sql, ClientRequestToken=uuid.uuid4().hex, WorkGroup=group,
                    QueryExecutionContext={"Database": "flights"})
    query_id = started["QueryExecutionId"]
    check(athena, "GetQueryExecution", QueryExecutionId=query_id)
    athena.sandbox.athena.executions[query_id].done.wait(30)
    check(athena, "GetQueryExecution", QueryExecutionId=query_id)
    check(athena, "BatchGetQueryExecution", QueryExecutionIds=[query_id, "missing"])
    check(athena, "GetQueryRuntimeStatistics", QueryExecutionId=query_id)
    check(athena, "StopQueryExecution", QueryExecutionId=query_id)
    try:
        check(athena, "GetQueryResults", QueryExecutionId=query_id)
    except ServiceError as error:
        assert error.code == "InvalidRequestException"


def test_the_other_answers_fit_the_model(athena):
    name = "shape_" + uuid.uuid4().hex[:6]
    for action, params in [
            ("GetWorkGroup", dict(WorkGroup="retail-bi")), ("GetWorkGroup", dict(WorkGroup="retail-managed")),
            ("GetWorkGroup", dict(WorkGroup="retail-capped")), ("ListWorkGroups", {}), ("ListEngineVersions", {}),
            ("ListQueryExecutions", dict(WorkGroup="retail-bi")), ("ListDataCatalogs", {}),
            ("GetDataCatalog", dict(Name="awsdatacatalog")), ("ListDatabases", dict(CatalogName="AwsDataCatalog")),
            ("GetDatabase", dict(CatalogName="AwsDataCatalog", DatabaseName="flights")),
            ("ListTableMetadata", dict(CatalogName="AwsDataCatalog", DatabaseName="flights")),
            ("ListTableMetadata", dict(CatalogName="AwsDataCatalog", DatabaseName="mesh")),
            ("GetTableMetadata", dict(CatalogName="AwsDataCatalog", DatabaseName="flights", TableName="carrier_delays")),
            ("CreatePreparedStatement", dict(StatementName=name, WorkGroup="retail-bi", QueryStatement="SELECT 1")),
            ("UpdatePreparedStatement", dict(StatementName=name, WorkGroup="retail-bi", QueryStatement="SELECT 2")),
            ("GetPreparedStatement", dict(StatementName=name, WorkGroup="retail-bi")),
            ("BatchGetPreparedStatement", dict(PreparedStatementNames=[name, "none"], WorkGroup="retail-bi")),
            ("ListPreparedStatements", dict(WorkGroup="retail-bi")),
            ("DeletePreparedStatement", dict(StatementName=name, WorkGroup="retail-bi"))]:
        check(athena, action, **params)
