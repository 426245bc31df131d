// Semantic Kernel with embeddings and a vector store of this machine: a plugin that finds passages, which a chat model may call as a function.
//   dotnet run --project examples/SemanticKernelSearch
//   dotnet run --project examples/SemanticKernelSearch -- "How do I get my money back?"
using Microsoft.Extensions.VectorData;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Data;
using MiCse;
using MiCse.VectorData;
using SemanticKernelSearch;

var folder = Directory.CreateTempSubdirectory("help-");
var builder = Kernel.CreateBuilder();
builder.Services
    .AddMiCse()
    .AddMiCseVectorStore(folder.FullName)
    .AddMiCseCollection<int, HelpPage>("help");
builder.Services.AddVectorStoreTextSearch<HelpPage>();
var kernel = builder.Build();

var pages = kernel.GetRequiredService<VectorStoreCollection<int, HelpPage>>();
await pages.EnsureCollectionExistsAsync();
await pages.UpsertAsync(HelpPage.All);

// A chat model would be told of the plugin and call it; here the function is called as the model would.
var search = kernel.GetRequiredService<VectorStoreTextSearch<HelpPage>>();
kernel.Plugins.Add(search.CreateWithGetTextSearchResults("Help", "Finds pages of the manual."));
foreach (var question in args.Length > 0 ? args : ["How do I get my money back?", "The app does not start any more.", "I want to use it on my phone, too."])
{
    Console.WriteLine(question);
    var result = await kernel.InvokeAsync("Help", "GetTextSearchResults", new() { ["query"] = question, ["count"] = 2 });
    foreach (var page in result.GetValue<List<TextSearchResult>>()!)
    {
        Console.WriteLine($"  {page.Name}: {page.Value}");
    }
}

(kernel.Services as IDisposable)?.Dispose();
folder.Delete(recursive: true);
