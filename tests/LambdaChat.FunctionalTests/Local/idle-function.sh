#!/bin/sh
# A function that does nothing. The test calls its Runtime API.
echo "The Runtime API is $AWS_LAMBDA_RUNTIME_API"
exec cat
