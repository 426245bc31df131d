// Whether transformers.js gives the vectors of `micse` from an ONNX export: natively through its pipeline, which pools the last hidden states of a
// padded batch, and in WebAssembly from the output sentence_embedding.
//
//   micse export --to onnx --output models/exported
//   micse verify --model models/exported --precision int8 --write golden-int8.json
//   ONNXRUNTIME_NODE_INSTALL=skip npm install
//   node check.mjs models/exported golden-int8.json
import { AutoTokenizer, env, pipeline } from "@huggingface/transformers";
import * as web from "onnxruntime-web";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const leastCosine = 0.9999;
const [folder, goldenFile] = process.argv.slice(2);
const golden = JSON.parse(readFileSync(goldenFile, "utf8"));
const texts = golden.vectors.map((vector) => vector.text);
const isInt8 = golden.precision === "int8";
const pooling = { "cls-before-pooler": "cls", mean: "mean" }[golden.pooling];
env.allowRemoteModels = false;
env.localModelPath = dirname(folder);

function cosine(first, second) {
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  return dot(first, second) / Math.sqrt(dot(first, first) * dot(second, second));
}

function report(name, embeddings) {
  const worst = Math.min(...embeddings.map((embedding, row) => cosine([...embedding], golden.vectors[row].embedding)));
  console.log(`${worst >= leastCosine ? "ok" : "FAILED"}  ${name}: worst cosine ${worst.toFixed(7)} over ${texts.length} texts`);
  process.exitCode ||= worst >= leastCosine ? 0 : 1;
}

if (pooling) {
  const extractor = await pipeline("feature-extraction", basename(folder), { dtype: isInt8 ? "q8" : "fp32" });
  report("transformers.js, pooled by itself", (await extractor(texts, { pooling })).tolist());
}

web.env.wasm.numThreads = 1;
const tokenizer = await AutoTokenizer.from_pretrained(basename(folder));
const file = join(folder, "onnx", isInt8 ? "model_quantized.onnx" : "model.onnx");
const session = await web.InferenceSession.create(file, { executionProviders: ["wasm"] });
const embeddings = [];
for (const text of texts) {
  const encoded = await tokenizer(text);
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, new web.Tensor("int64", encoded[name].data, encoded[name].dims)]));
  embeddings.push((await session.run(feeds)).sentence_embedding.data);
}

report("onnxruntime-web, sentence_embedding", embeddings);
