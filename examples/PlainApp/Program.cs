// An ordinary application: the encoder and a vector store come out of dependency injection, behind Microsoft's interfaces alone.
//   dotnet run --project examples/PlainApp
//   dotnet run --project examples/PlainApp -- FOLDER      keeps the store there; a second run finds the recipes in it
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;
using MiCse;
using MiCse.VectorData;
using PlainApp;

var temporary = args.Length > 0 ? null : Directory.CreateTempSubdirectory("recipes-");
var services = new ServiceCollection()
    .AddMiCse("micse-small-en")
    .AddMiCseVectorStore(temporary?.FullName ?? args[0])
    .AddMiCseCollection<int, Recipe>("recipes");
await using (var provider = services.BuildServiceProvider())
{
    var generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
    var vector = await generator.GenerateVectorAsync("A soup of vegetables.");
    Console.WriteLine($"{generator.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId} makes vectors of {vector.Length} numbers\n");

    var recipes = provider.GetRequiredService<VectorStoreCollection<int, Recipe>>();
    if (await recipes.CollectionExistsAsync())
    {
        Console.WriteLine("the recipes are there from the last time\n");
    }
    else
    {
        await recipes.EnsureCollectionExistsAsync();
        await recipes.UpsertAsync(
        [
            new() { Number = 1, Title = "Pumpkin soup", Minutes = 40, Description = "A warm soup of pumpkin, carrots and cream." },
            new() { Number = 2, Title = "Minestrone", Minutes = 60, Description = "An Italian soup of beans, pasta and many vegetables." },
            new() { Number = 3, Title = "Apple pie", Minutes = 90, Description = "A sweet cake filled with apples and sugar, baked in the oven." },
            new() { Number = 4, Title = "Chocolate mousse", Minutes = 25, Description = "A cold dessert of dark chocolate, eggs and cream." },
            new() { Number = 5, Title = "Grilled trout", Minutes = 30, Description = "A whole fish from the grill with lemon and herbs." },
            new() { Number = 6, Title = "Fish and chips", Minutes = 45, Description = "Fried fish with fried potatoes and vinegar." },
            new() { Number = 7, Title = "Beef stew", Minutes = 180, Description = "Meat of the cow, cooked for hours in red wine." },
            new() { Number = 8, Title = "Tomato salad", Minutes = 10, Description = "Fresh tomatoes and onions with oil and vinegar." },
        ]);
    }

    await Search("a soup with vegetables", new());
    await Search("a soup with vegetables", new() { Filter = recipe => recipe.Minutes <= 45 });
    await Search("fish", new());
    await Search("something sweet with chocolate", new() { Filter = recipe => recipe.Minutes < 60 && recipe.Title != "Beef stew" });

    async Task Search(string wish, VectorSearchOptions<Recipe> options)
    {
        Console.WriteLine(options.Filter is null ? wish : $"{wish}, where {options.Filter.Body}");
        await foreach (var hit in recipes.SearchAsync(wish, top: 2, options))
        {
            Console.WriteLine($"  {hit.Score:0.00}  {hit.Record.Title}, {hit.Record.Minutes} minutes");
        }
    }
}

temporary?.Delete(recursive: true);
