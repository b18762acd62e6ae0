// Reads one reply from a SageMaker runtime with AWS's own client and prints the result as JSON.
// Arguments: address, body
import { SageMakerRuntimeClient, InvokeEndpointWithResponseStreamCommand } from "@aws-sdk/client-sagemaker-runtime";

const [endpoint, body] = process.argv.slice(2);
const client = new SageMakerRuntimeClient({ endpoint, region: "us-east-1", maxAttempts: 1 });
const result = { parts: 0, text: "" };
try {
  const reply = await client.send(
    new InvokeEndpointWithResponseStreamCommand({ EndpointName: "local", Body: body, ContentType: "application/json" }),
  );
  result.contentType = reply.ContentType;
  result.variant = reply.InvokedProductionVariant;
  const decoder = new TextDecoder();
  for await (const event of reply.Body) {
    result.parts++;
    result.text += decoder.decode(event.PayloadPart.Bytes, { stream: true });
  }
} catch (error) {
  result.error = error.name;
  result.status = error.$metadata?.httpStatusCode;
  result.errorCode = error.ErrorCode;
  result.originalStatusCode = error.OriginalStatusCode;
}
console.log(JSON.stringify(result));
