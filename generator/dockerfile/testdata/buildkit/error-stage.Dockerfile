FROM debian:13 AS Base
FROM Base
