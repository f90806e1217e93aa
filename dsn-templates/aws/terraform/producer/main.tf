# Data mesh without Lake Formation: an account that lets consumer roles read one database by the catalog's resource policy and the bucket's
# policy. Consumers make a resource link to the database. An account has one catalog policy: merge the statement when there is one already.

variable "consumer_role_arns" {
  type        = list(string)
  description = "The Role Bs that may read"
}

variable "database" {
  type = string
}

variable "data_bucket" {
  type = string
}

variable "data_prefix" {
  type        = string
  description = "With a slash at the end; empty for the whole bucket"
  default     = ""
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}

locals {
  glue   = "arn:${data.aws_partition.current.partition}:glue:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
  bucket = "arn:${data.aws_partition.current.partition}:s3:::${var.data_bucket}"
}

resource "aws_glue_resource_policy" "share" {
  enable_hybrid = "TRUE"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ConsumersRead"
      Effect    = "Allow"
      Principal = { AWS = var.consumer_role_arns }
      Action    = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"]
      Resource  = ["${local.glue}:catalog", "${local.glue}:database/${var.database}", "${local.glue}:table/${var.database}/*"]
    }]
  })
}

resource "aws_s3_bucket_policy" "share" {
  bucket = var.data_bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "ConsumersRead"
        Effect    = "Allow"
        Principal = { AWS = var.consumer_role_arns }
        Action    = "s3:GetObject"
        Resource  = "${local.bucket}/${var.data_prefix}*"
      },
      {
        Sid       = "ConsumersList"
        Effect    = "Allow"
        Principal = { AWS = var.consumer_role_arns }
        Action    = ["s3:ListBucket", "s3:GetBucketLocation"]
        Resource  = local.bucket
      },
    ]
  })
}

output "GlueCatalogId" {
  value = data.aws_caller_identity.current.account_id
}

output "Schema" {
  value = var.database
}
