# One consumer account: Role B, its workgroup and its result bucket. The account owns the data and pays for the queries. The outputs are keys of
# the data source. A trust that names a role is bound to that very role: when Role A is made anew, apply this again with -replace on the role.

variable "run_as_role_arn" {
  type        = string
  description = "Role A of the central account"
}

variable "external_id" {
  type        = string
  description = "Agreed with the central account, made at random, used nowhere else (athena-odbc dsn add makes one)"
}

variable "role_path" {
  type        = string
  description = "/athena-odbc/ lets the central account cover all spokes by one statement"
  default     = "/athena-odbc/"
}

variable "role_name" {
  type    = string
  default = "AthenaConsumer"
}

variable "may_write" {
  type    = bool
  default = false
}

variable "databases" {
  type        = list(string)
  description = "Glue databases that may be read"
}

variable "data_places" {
  type        = list(object({ bucket = string, prefix = string }))
  description = "Where their tables are; prefixes end with a slash, or are empty"
}

variable "shared" {
  type        = list(object({ account = string, database = string }))
  description = "Data mesh: databases of producers, read through links of the same names; list their places in data_places too, unless Lake Formation governs them"
  default     = []
}

variable "has_lake_formation" {
  type    = bool
  default = false
}

variable "kms_key_arn" {
  type    = string
  default = ""
}

variable "workgroup_name" {
  type    = string
  default = "odbc"
}

variable "scan_limit_bytes" {
  type    = number
  default = 1099511627776
}

variable "result_days" {
  type    = number
  default = 7
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  region    = data.aws_region.current.name
  partition = data.aws_partition.current.partition
  glue      = "arn:${local.partition}:glue:${local.region}:${local.account}"
  tables = concat(["${local.glue}:catalog"], flatten([
    for name in var.databases : ["${local.glue}:database/${name}", "${local.glue}:table/${name}/*"]
  ]))
  shared_tables = flatten([
    for share in var.shared : [for owner in [local.account, share.account] : [
      "arn:${local.partition}:glue:${local.region}:${owner}:catalog",
      "arn:${local.partition}:glue:${local.region}:${owner}:database/${share.database}",
      "arn:${local.partition}:glue:${local.region}:${owner}:table/${share.database}/*",
    ]]
  ])
  data_objects = [for place in var.data_places : "arn:${local.partition}:s3:::${place.bucket}/${place.prefix}*"]

  read = [
    {
      Sid      = "Queries"
      Effect   = "Allow"
      Action   = ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StopQueryExecution", "athena:GetWorkGroup"]
      Resource = [aws_athena_workgroup.queries.arn]
    },
    {
      Sid      = "Catalog"
      Effect   = "Allow"
      Action   = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"]
      Resource = distinct(concat(local.tables, ["${local.glue}:database/default"], local.shared_tables))
    },
    {
      Sid      = "DataBuckets"
      Effect   = "Allow"
      Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
      Resource = [for place in var.data_places : "arn:${local.partition}:s3:::${place.bucket}"]
    },
    {
      Sid      = "ResultBucket"
      Effect   = "Allow"
      Action   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
      Resource = [aws_s3_bucket.results.arn]
    },
    { Sid = "ReadData", Effect = "Allow", Action = ["s3:GetObject"], Resource = local.data_objects },
    {
      Sid      = "Results"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      Resource = ["${aws_s3_bucket.results.arn}/results/*"]
    },
  ]
  write = [
    {
      Sid      = "ChangeCatalog"
      Effect   = "Allow"
      Action   = ["glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable", "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition", "glue:DeletePartition", "glue:BatchDeletePartition"]
      Resource = local.tables
    },
    { Sid = "WriteData", Effect = "Allow", Action = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], Resource = local.data_objects },
  ]
  lake = [{ Sid = "GovernedData", Effect = "Allow", Action = ["lakeformation:GetDataAccess"], Resource = ["*"] }]
  keys = [{ Sid = "Keys", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = [var.kms_key_arn] }]
}

resource "aws_s3_bucket" "results" {
  bucket = "athena-odbc-${local.account}-${local.region}-${var.workgroup_name}"
}

resource "aws_s3_bucket_public_access_block" "results" {
  bucket                  = aws_s3_bucket.results.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "results" {
  bucket = aws_s3_bucket.results.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "results" {
  bucket = aws_s3_bucket.results.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == "" ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn == "" ? null : var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "results" {
  bucket = aws_s3_bucket.results.id
  rule {
    id     = "ExpireResults"
    status = "Enabled"
    filter {}
    expiration {
      days = var.result_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "results" {
  bucket = aws_s3_bucket.results.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyWithTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.results.arn, "${aws_s3_bucket.results.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_athena_workgroup" "queries" {
  name = var.workgroup_name
  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.scan_limit_bytes
    engine_version {
      selected_engine_version = "Athena engine version 3"
    }
    result_configuration {
      output_location       = "s3://${aws_s3_bucket.results.id}/results/"
      expected_bucket_owner = local.account
      encryption_configuration {
        encryption_option = var.kms_key_arn == "" ? "SSE_S3" : "SSE_KMS"
        kms_key_arn       = var.kms_key_arn == "" ? null : var.kms_key_arn
      }
    }
  }
}

resource "aws_glue_catalog_database" "link" {
  for_each = { for share in var.shared : share.database => share.account }
  name     = each.key
  target_database {
    catalog_id    = each.value
    database_name = each.key
  }
}

resource "aws_iam_role" "consumer" {
  name        = var.role_name
  path        = var.role_path
  description = "Queries of the central account, paid by this account"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AssumeRole"
        Effect    = "Allow"
        Principal = { AWS = var.run_as_role_arn }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
      },
      {
        Sid       = "CarryTagsAndSourceIdentity"
        Effect    = "Allow"
        Principal = { AWS = var.run_as_role_arn }
        Action    = ["sts:TagSession", "sts:SetSourceIdentity"]
      },
    ]
  })
}

resource "aws_iam_role_policy" "queries" {
  name = "AthenaQueries"
  role = aws_iam_role.consumer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.read,
      var.may_write ? local.write : [],
      var.has_lake_formation ? local.lake : [],
      var.kms_key_arn == "" ? [] : local.keys,
    )
  })
}

output "ConsumerAccountRoleArn" {
  value = aws_iam_role.consumer.arn
}

output "ExternalId" {
  value = var.external_id
}

output "Workgroup" {
  value = aws_athena_workgroup.queries.name
}

output "AwsRegion" {
  value = local.region
}
