# check=skip=JSONArgsRecommended,StageNameCasing;experimental=InvalidDefinitionDescription
# what it is
FROM debian:13 AS Build
# something else
ARG NAME
# check=skip=SecretsUsedInArgOrEnv
ENV PASSWORD=1
ENV TOKEN=1
CMD serve
FROM debian:13 as final
