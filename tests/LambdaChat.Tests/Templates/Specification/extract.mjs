// Writes resource-types.json: the properties and attributes of each resource type that the templates use, from CloudFormation's
// specification. Run it again when a template uses a new type: npm ci && node extract.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

const root = new URL('../../../../', import.meta.url);
const stacks = readdirSync(new URL('src/stacks/', root)).map((name) => `src/stacks/${name}`);
const used = new Set(['AWS::Lambda::Function']); // SAM transforms AWS::Serverless::Function into it.
for (const file of ['template.yaml', ...stacks]) {
  for (const [, type] of readFileSync(new URL(file, root), 'utf8').matchAll(/^ {4}Type: (AWS::(?!Serverless)\w+::\w+)$/gm)) {
    used.add(type);
  }
}

const db = loadAwsServiceSpecSync();

// A leaf is {} or its allowed values. An object has `properties`. A list has `each`, and a map has `map`, for the shape of its items.
function shape(type, above) {
  switch (type.type) {
    case 'ref': return object(db.get('typeDefinition', type.reference.$ref), above);
    case 'array': return { each: shape(type.element, above) };
    case 'map': return { map: shape(type.element, above) };
    case 'union': return shape(type.types.find((one) => one.type === 'ref') ?? type.types[0], above);
    default: return type.allowedValues ? { values: type.allowedValues } : {};
  }
}

function object(entity, above) {
  if (above.includes(entity.$id)) { return {}; }
  const within = [...above, entity.$id];
  const names = Object.keys(entity.properties).sort();
  const required = names.filter((name) => entity.properties[name].required);
  return {
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(names.map((name) => [name, shape(entity.properties[name].type, within)])),
  };
}

const types = {};
for (const name of [...used].sort()) {
  const [resource] = db.lookup('resource', 'cloudFormationType', 'equals', name);
  types[name] = { attributes: Object.keys(resource.attributes).sort(), ...object(resource, []) };
}

const lines = Object.entries(types).map(([name, type]) => `${JSON.stringify(name)}:${JSON.stringify(type)}`);
writeFileSync(new URL('resource-types.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
console.log(`${lines.length} types`);
