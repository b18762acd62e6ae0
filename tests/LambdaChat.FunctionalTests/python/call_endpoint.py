"""Calls a SageMaker endpoint with boto3 and prints the outcome of each request as JSON.

Arguments: the address of the runtime, and a JSON list of request bodies. Bodies without "stream": true use InvokeEndpoint.
Credentials come from the AWS_* variables.
"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def call(client, body):
    arguments = {
        "EndpointName": "local",
        "ContentType": "application/json",
        "CustomAttributes": "two  spaces   and 1",
        "Body": json.dumps(body),
    }
    result = {"text": "", "parts": 0}
    try:
        if body.get("stream"):
            reply = client.invoke_endpoint_with_response_stream(**arguments)
            result["contentType"] = reply["ContentType"]
            text = b""
            for event in reply["Body"]:
                text += event["PayloadPart"]["Bytes"]
                result["parts"] += 1
            result["text"] = text.decode()
        else:
            reply = client.invoke_endpoint(**arguments)
            result["contentType"] = reply["ContentType"]
            result["text"] = reply["Body"].read().decode()
    except ClientError as error:
        result["error"] = type(error).__name__
        result["code"] = error.response["Error"]["Code"]
        result["message"] = error.response["Error"]["Message"]
        result["status"] = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        result["originalStatus"] = error.response.get("OriginalStatusCode")
    except Exception as error:  # botocore's stream parser and urllib3 raise errors without a common base class.
        result["error"] = type(error).__name__
    return result


def main():
    endpoint, bodies = sys.argv[1], json.loads(sys.argv[2])
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)
    client = boto3.client("sagemaker-runtime", endpoint_url=endpoint, region_name="us-east-1", config=config)
    print(json.dumps([call(client, body) for body in bodies]))


main()
