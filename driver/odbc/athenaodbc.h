/* Attributes of the Athena ODBC driver beyond the standard's. The numbers are frozen. Text is UTF-8
   from SQLGetStmtAttr and SQLGetConnectAttr, wide from their W forms; numbers are SQLULEN. All are
   read only unless said otherwise. */
#ifndef ATHENAODBC_H
#define ATHENAODBC_H

/* Of a statement: the query it executed last. SQL_NO_DATA before the first. */
#define SQL_ATTR_ATHENA_QUERY_ID          0x4000 /* text: the QueryExecutionId */
#define SQL_ATTR_ATHENA_SCANNED_BYTES     0x4001 /* number: what is billed */
#define SQL_ATTR_ATHENA_ENGINE_MS         0x4002 /* number: execution time in the engine */
#define SQL_ATTR_ATHENA_QUEUE_MS          0x4003 /* number */
#define SQL_ATTR_ATHENA_PLANNING_MS       0x4004 /* number */
/* number: processing by the service after the engine */
#define SQL_ATTR_ATHENA_SERVICE_MS        0x4005
#define SQL_ATTR_ATHENA_TOTAL_MS          0x4006 /* number */
#define SQL_ATTR_ATHENA_OUTPUT_LOCATION   0x4007 /* text: s3:// place of the result */
#define SQL_ATTR_ATHENA_STATEMENT_TYPE    0x4008 /* text: DML, DDL or UTILITY */
/* number: 1 when the result of an earlier query was reused */
#define SQL_ATTR_ATHENA_REUSED            0x4009
#define SQL_ATTR_ATHENA_SUBSTATEMENT_TYPE 0x400a /* text: e.g. SELECT, INSERT */

/* Of a statement: how it asks; may be set. */
/* number: 1 = catalog functions ask the service whatever MetadataCacheTTL remembers */
#define SQL_ATTR_ATHENA_METADATA_FRESH    0x4010
/* text: a QueryExecutionId; the next SQLExecDirect or SQLExecute of this statement does not run
   its text (which may be empty) but opens the result of that query, and forgets the id. "" takes
   it back */
#define SQL_ATTR_ATHENA_RESULT_OF         0x4011

/* number: of the query executed last, an estimate: scanned bytes at PricePerTB for a tebibyte, in
   millionths of its currency; whole mebibytes, ten at least; 0 for a reused result */
#define SQL_ATTR_ATHENA_COST_MICROS       0x4012

/* Of a connection: who is connected where. */
#define SQL_ATTR_ATHENA_ACCOUNT           0x4100 /* text: the account that pays, when known */
/* text: session ARN of the central account's role */
#define SQL_ATTR_ATHENA_RUN_AS_ARN        0x4101
/* text: session ARN of the consumer account's role */
#define SQL_ATTR_ATHENA_CONSUMER_ARN      0x4102
#define SQL_ATTR_ATHENA_WORKGROUP         0x4103 /* text */
#define SQL_ATTR_ATHENA_REGION            0x4104 /* text */
#define SQL_ATTR_ATHENA_ENGINE_VERSION    0x4105 /* text: as the workgroup says, when known */
/* text, may be set: database of unqualified names */
#define SQL_ATTR_ATHENA_CURRENT_SCHEMA    0x4106

#endif
