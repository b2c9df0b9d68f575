# syntax=docker/dockerfile:1
FROM debian:13
RUN true && \

    true && \
    # a comment is fine
    true
RUN <<EOF
echo \

EOF
