// The official client of OpenAI for JavaScript against a server: node openai.mjs FOLDER-OF-PACKAGES ADDRESS. Prints what it got as JSON.
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, address] = process.argv.slice(2);
const { default: OpenAI } = createRequire(path.join(path.resolve(folder), 'package.json'))('openai');
const client = new OpenAI({ apiKey: 'none', baseURL: `${address}v1`, maxRetries: 0 });

const many = await client.embeddings.create({ model: 'micse-small-en', input: ['one', '', 'two'], dimensions: 32 }); // asks for base64 of itself
const numbers = await client.embeddings.create({ model: 'micse-small-en', input: 'one', encoding_format: 'float' });
const models = [];
for await (const model of client.models.list()) models.push(model.id);
let failure = null;
try {
  await client.embeddings.create({ model: 'unknown', input: 'one' });
} catch (error) {
  failure = { name: error.constructor.name, status: error.status, code: error.code };
}
console.log(JSON.stringify({
  many: many.data.map(item => item.embedding), tokens: many.usage.prompt_tokens, numbers: numbers.data[0].embedding, model: many.model, models, failure,
}));
