FROM debian:13
ENV A=${B
