# Sourced after sandbox_start: the data sources of the default world, as tests know them.
BASE_KEYS=(AuthenticationType="IAM Credentials" UID=AKIASANDBOXBISERVICE PWD=sandbox/bi-service/secret/not-for-real00)
RUN_AS=arn:aws:iam::111122223333:role/AthenaRunAs

write_dsn retail "${BASE_KEYS[@]}" RunAsRole=$RUN_AS ConsumerAccountRoleArn=arn:aws:iam::222233334444:role/AthenaConsumer \
    ExternalId=bi-retail-7c1e Workgroup=retail-bi Schema=flights
write_dsn retail_managed "${BASE_KEYS[@]}" RunAsRole=$RUN_AS ConsumerAccountRoleArn=arn:aws:iam::222233334444:role/AthenaConsumer \
    ExternalId=bi-retail-7c1e Workgroup=retail-managed Schema=flights
write_dsn retail_pages "${BASE_KEYS[@]}" RunAsRole=$RUN_AS ConsumerAccountRoleArn=arn:aws:iam::222233334444:role/AthenaConsumer \
    ExternalId=bi-retail-7c1e Workgroup=retail-bi Schema=flights ResultFetcher=GetQueryResults
write_dsn investment "${BASE_KEYS[@]}" RunAsRole=$RUN_AS ConsumerAccountRoleArn=arn:aws:iam::333344445555:role/AthenaConsumer \
    ExternalId=bi-investment-2ab9 Workgroup=investment-bi
write_dsn risk "${BASE_KEYS[@]}" RunAsRole=$RUN_AS ConsumerAccountRoleArn=arn:aws:iam::444455556666:role/AthenaConsumer \
    ExternalId=bi-risk-91f3 Workgroup=risk-bi
write_dsn base_only "${BASE_KEYS[@]}" Workgroup=primary
export ATHENA_TEST_DSN=retail ATHENA_TEST_CONNECT="DSN=retail"
