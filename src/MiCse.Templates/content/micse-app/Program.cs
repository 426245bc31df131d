// Finds the texts of texts.txt, one a line, that are nearest to a query in meaning:
//   dotnet run -- "I forgot my password"
using MiCse;
using MiCse.Inference;
using MiCse.Vectors;

string query = args.Length > 0 ? string.Join(' ', args) : "I forgot my password";
string[] texts = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "texts.txt"));

// Loading takes a moment; an application loads once and keeps the encoder, which any number of threads may use.
using SentenceEncoder encoder = SentenceEncoder.Load("MODEL_NAME");
float[] asked = encoder.EncodeQuery(query);
EncodedTexts encoded = encoder.EncodeDocument(texts);

var nearest = texts
    .Select((text, row) => (Text: text, Score: Similarity.Of(encoder.Measure, asked, encoded.Embeddings[row])))
    .OrderByDescending(found => found.Score)
    .Take(3);
foreach (var (text, score) in nearest)
{
    Console.WriteLine($"{score:0.00}  {text}");
}
