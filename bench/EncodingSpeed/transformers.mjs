// @huggingface/transformers as a contestant: the same lines in and out as the others.
// Arguments: the folder of node_modules, the model's folder, fp32 or q8, threads, a file of texts.
import { createRequire } from "node:module";
import { readFileSync, realpathSync } from "node:fs";
import { createInterface } from "node:readline";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, model, dtype, threads, file] = process.argv.slice(2);
const { env, pipeline } = await import(pathToFileURL(createRequire(join(realpathSync(packages), "x.js")).resolve("@huggingface/transformers")));
env.allowRemoteModels = false;
env.localModelPath = dirname(model);
const session_options = { intraOpNumThreads: Number(threads), interOpNumThreads: 1 };
const extractor = await pipeline("feature-extraction", basename(model), { dtype, session_options });
const pooling = JSON.parse(readFileSync(join(model, "1_Pooling", "config.json"), "utf8")).pooling_mode_cls_token ? "cls" : "mean";
const perBatch = 32;
const single = "A man is playing a guitar.";
const texts = readFileSync(file, "utf8").trimEnd().split("\n");

async function encode(all) {
  const embeddings = [];
  for (let start = 0; start < all.length; start += perBatch) {
    embeddings.push(...(await extractor(all.slice(start, start + perBatch), { pooling })).tolist());
  }
  return embeddings;
}

// The same warm-up as the others have.
const sample = texts.filter((_, index) => index % Math.max(1, Math.floor(texts.length / perBatch)) === 0);
for (const start = performance.now(); performance.now() - start < 3000; ) {
  await encode(sample);
  await extractor(single, { pooling });
}

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...numbers] = line.split(" ");
  let answer;
  if (command === "many") {
    const [number, parts] = numbers.map(Number);
    const part = texts.filter((_, index) => Math.floor(index / perBatch) % parts === number);
    const start = performance.now();
    const embeddings = await encode(part);
    answer = { Seconds: (performance.now() - start) / 1000, Embedding: embeddings[0] };
  } else {
    const times = [];
    for (let call = 0; call < Number(numbers[0]); call++) {
      const start = performance.now();
      await extractor(single, { pooling });
      times.push((performance.now() - start) / 1000);
    }
    answer = { Seconds: times.sort((a, b) => a - b)[times.length >> 1], Embedding: (await extractor(single, { pooling })).tolist()[0] };
  }
  console.log(JSON.stringify({ ...answer, PeakBytes: process.resourceUsage().maxRSS * 1024 }));
}
