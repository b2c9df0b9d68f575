from debian:13 as Base
run true
RUN true
Copy a b
FROM base AS other
Run true
COPY --from=BASE /a /b
maintainer me
