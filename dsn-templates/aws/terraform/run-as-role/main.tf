# Role A: the central account's role, `RunAsRole` of the data sources. It has no right on data; it may assume consumer roles and nothing else.

variable "base_identity_arn" {
  type        = string
  description = "The identity that programs sign in with, e.g. arn:aws:iam::111122223333:role/BiServer"
}

variable "role_name" {
  type    = string
  default = "AthenaRunAs"
}

variable "consumer_role_arns" {
  type        = list(string)
  description = "The consumer roles; split over as many managed policies as needed"
  default     = []

  validation {
    condition     = length(var.consumer_role_arns) <= 600
    error_message = "More than 600 roles need more managed policies than can be attached: set organization_id and use the path /athena-odbc/."
  }
}

variable "organization_id" {
  type        = string
  description = "Instead of a list: every role under the path /athena-odbc/ of this organisation"
  default     = ""
}

data "aws_partition" "current" {}

locals {
  actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
  shards  = var.organization_id == "" ? chunklist(sort(var.consumer_role_arns), 60) : []
}

resource "aws_iam_role" "run_as" {
  name        = var.role_name
  description = "May assume the consumer roles of Athena data sources and nothing else"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AssumeRole"
      Effect    = "Allow"
      Principal = { AWS = var.base_identity_arn }
      Action    = local.actions
    }]
  })
}

resource "aws_iam_policy" "listed" {
  count = length(local.shards)
  name  = "${var.role_name}-consumers-${count.index + 1}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "AssumeConsumers", Effect = "Allow", Action = local.actions, Resource = local.shards[count.index] }]
  })
}

resource "aws_iam_role_policy_attachment" "listed" {
  count      = length(local.shards)
  role       = aws_iam_role.run_as.name
  policy_arn = aws_iam_policy.listed[count.index].arn
}

resource "aws_iam_role_policy" "organization" {
  count = var.organization_id == "" ? 0 : 1
  name  = "AssumeConsumers"
  role  = aws_iam_role.run_as.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AssumeConsumers"
      Effect    = "Allow"
      Action    = local.actions
      Resource  = "arn:${data.aws_partition.current.partition}:iam::*:role/athena-odbc/*"
      Condition = { StringEquals = { "aws:ResourceOrgID" = var.organization_id } }
    }]
  })
}

output "RunAsRole" {
  value = aws_iam_role.run_as.arn
}
