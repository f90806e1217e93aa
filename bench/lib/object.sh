# Sourced: the result object by plain curl, with the credentials that the driver would come to by the same two roles.

# assume ROLE [EXTERNAL-ID]: KEY SECRET TOKEN become those of the role.
assume() {
    local answer
    answer=$(curl -sS --fail --aws-sigv4 "aws:amz:$ATHENA_SANDBOX_REGION:sts" --user "$KEY:$SECRET" ${TOKEN:+-H "x-amz-security-token: $TOKEN"} \
        -d Action=AssumeRole -d Version=2011-06-15 -d RoleSessionName=bench --data-urlencode "RoleArn=$1" \
        ${2:+--data-urlencode "ExternalId=$2"} "$ATHENA_SANDBOX_ENDPOINT/") || return 1
    KEY=$(sed 's/.*<AccessKeyId>\(.*\)<\/AccessKeyId>.*/\1/' <<<"$answer")
    SECRET=$(sed 's/.*<SecretAccessKey>\(.*\)<\/SecretAccessKey>.*/\1/' <<<"$answer")
    TOKEN=$(sed 's/.*<SessionToken>\(.*\)<\/SessionToken>.*/\1/' <<<"$answer")
}

sign_in() {
    KEY=AKIASANDBOXBISERVICE SECRET=sandbox/bi-service/secret/not-for-real00 TOKEN=""
    assume "$RUN_AS" && assume arn:aws:iam::222233334444:role/AthenaConsumer bi-retail-7c1e
}

# newest_object: /bucket/key of the result object that was read last.
newest_object() {
    curl -sS --fail "$ATHENA_SANDBOX_ENDPOINT/_sandbox/trail?last=1&name=GetObject" \
        | sed -n 's/.*"bucketName": "\(.*\)".*/\1/p; s/.*"key": "\(.*\.csv\)".*/\1/p' | paste -sd/ | sed 's/^/\//'
}

# object_get ENDPOINT PATH [curl options]: the object's bytes.
object_get() {
    local endpoint=$1 path=$2
    shift 2
    curl -sS --fail --cacert "$ATHENA_SANDBOX_CA" --aws-sigv4 "aws:amz:$ATHENA_SANDBOX_REGION:s3" --user "$KEY:$SECRET" \
        -H "x-amz-security-token: $TOKEN" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" "$@" "$endpoint$path"
}
