# Sourced: writes odbcinst.ini and odbc.ini for the tests from what `sandbox/up` printed.
# register_driver LIBRARY; write_dsn NAME KEY=VALUE...

register_driver() {
    {
        echo "[Athena]"
        echo "Description = Athena under test"
        echo "Driver      = $1"
        echo "Threading   = 0"
    } >"$ODBCSYSINI/odbcinst.ini"
    : >"$ODBCSYSINI/odbc.ini"
}

# One section of the system's odbc.ini: the sandbox's endpoints and what is given.
write_dsn() {
    local name=$1 pair
    shift
    {
        echo
        echo "[$name]"
        echo "Driver                = Athena"
        echo "AwsRegion             = $ATHENA_SANDBOX_REGION"
        echo "EndpointOverride      = $ATHENA_SANDBOX_ENDPOINT"
        echo "StsEndpointOverride   = $ATHENA_SANDBOX_ENDPOINT"
        echo "GlueEndpointOverride  = $ATHENA_SANDBOX_ENDPOINT"
        echo "S3EndpointOverride    = $ATHENA_SANDBOX_ENDPOINT"
        echo "AllowInsecureLoopback = 1"
        for pair in "$@"; do
            echo "${pair%%=*} = ${pair#*=}"
        done
    } >>"$ODBCSYSINI/odbc.ini"
}
