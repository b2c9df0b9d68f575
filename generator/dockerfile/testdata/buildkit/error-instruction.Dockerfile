FROM debian:13
ENTRYPONT ["a"]
