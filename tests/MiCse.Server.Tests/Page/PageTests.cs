using System.Text;
using System.Text.RegularExpressions;
using MiCse.Search;
using Microsoft.Playwright;

namespace MiCse.Server.Tests.Page;

/// <summary>The page in a browser: what it does, that it can be used without a mouse or eyes, and that it asks for nothing from elsewhere.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private const string TextsId = "#texts";

    // What checkers of accessibility look at first: names of fields, contrast of texts, one first heading, a language.
    private const string Audit = """
        () => {
          const problems = [];
          const lightness = colour => { const [r, g, b] = colour.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
          const parse = text => text.match(/[\d.]+/g).map(Number);
          const ground = node => { let colour = [0, 0, 0, 0], at = node; const layers = []; while (at) { const c = parse(getComputedStyle(at).backgroundColor); layers.push(c.length < 4 ? [...c, 1] : c); at = at.parentElement; }
            let result = matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
            for (const [r, g, b, a] of layers.reverse()) result = [r * a + result[0] * (1 - a), g * a + result[1] * (1 - a), b * a + result[2] * (1 - a)]; return result; };
          for (const node of document.querySelectorAll('body *')) {
            if (node.closest('script') || !node.checkVisibility() || ![...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) continue;
            const [a, b] = [lightness(parse(getComputedStyle(node).color).slice(0, 3)), lightness(ground(node))].sort((x, y) => y - x);
            if ((a + .05) / (b + .05) < 4.5) problems.push(`contrast ${((a + .05) / (b + .05)).toFixed(1)}: ${node.tagName} ${node.textContent.slice(0, 30)}`);
          }
          for (const field of document.querySelectorAll('input, textarea, select')) if (!field.labels.length) problems.push(`no label: ${field.id}`);
          for (const part of document.querySelectorAll('section')) if (!document.getElementById(part.getAttribute('aria-labelledby'))) problems.push(`no name: ${part.id}`);
          if (document.querySelectorAll('h1').length !== 1 || !document.documentElement.lang || !document.title) problems.push('heading, language or title');
          if (document.documentElement.scrollWidth > innerWidth) problems.push(`wider than the window: ${document.documentElement.scrollWidth} > ${innerWidth}`);
          return problems;
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("micse-server-").FullName;
    private readonly List<string> _trouble = [];
    private ServerRun? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"needs {Chromium}, which is not there");
        using (var encoder = SentenceEncoder.Load(ServerRun.Model))
        using (var writer = VectorIndexWriter.Create(Path.Combine(_folder, "things"), VectorSource.Of(encoder)))
        {
            foreach (var text in (string[])["A man plays the guitar.", "It is raining.", "The stock market fell.", "<b>Bold</b> & \"quoted\""])
            {
                writer.Add(text, encoder.Encode(text));
            }

            writer.Commit();
        }

        _server = await ServerRun.StartAsync(options => options.Indexes["things"] = Path.Combine(_folder, "things"));
        Assertions.SetDefaultExpectTimeout(60_000); // no test depends on how busy the machine is
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(1280, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Everything_works_on_every_screen(int width, int height, ColorScheme scheme)
    {
        var page = await OpenAsync(width, height, scheme);

        await Assertions.Expect(page.Locator("#heat tbody tr")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator("#compare-summary")).ToContainTextAsync("Most similar: 1 and 2");
        await page.Locator(TextsId).FillAsync("rain\nrain\nsnow");
        await Assertions.Expect(page.Locator("#heat tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#heat tbody tr:first-child td").Nth(1)).ToHaveTextAsync("1.00");

        await page.Locator("#query").FillAsync("Who plays music?");
        await Assertions.Expect(page.Locator("#hits li").First).ToContainTextAsync("A man plays the guitar.");
        await page.Locator("#query").FillAsync("<b>Bold</b> & \"quoted\"");
        await Assertions.Expect(page.Locator("#hits li").First).ToContainTextAsync("<b>Bold</b> & \"quoted\"");

        await page.Locator("#token-text").FillAsync(string.Concat(Enumerable.Repeat("guitar ", 400)));
        await Assertions.Expect(page.Locator("#token-summary")).ToContainTextAsync("402 tokens of at most 256. The last 146 are cut off.");
        await Assertions.Expect(page.Locator("#token-list li.cut")).ToHaveCountAsync(146);
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("ready");

        await page.Locator("#explain-view iframe:not([hidden])").ScrollIntoViewIfNeededAsync();
        var explanation = page.FrameLocator("#explain-view iframe:not([hidden])");
        await Assertions.Expect(explanation.Locator("#words .bars dt")).ToHaveCountAsync(12);
        await Assertions.Expect(explanation.Locator("#heads figure")).ToHaveCountAsync(1);
        await page.Locator("#second").FillAsync("Rain");
        await Assertions.Expect(page.Locator("#explain-summary")).ToContainTextAsync("Cosine");
        await Assertions.Expect(page.FrameLocator("#explain-view iframe:not([hidden])").Locator("#notes")).ToContainTextAsync("tokens; attention is compared");
        await page.Locator("#second").FillAsync("Someone makes very fine music.");

        await page.Locator("#example").ClickAsync();
        await Assertions.Expect(page.Locator("#map-summary")).ToContainTextAsync("55 texts in 4 clusters");
        var map = page.FrameLocator("#map-view iframe:not([hidden])");
        await Assertions.Expect(map.Locator("#about")).ToContainTextAsync("trustworthiness");
        await Assertions.Expect(map.Locator("#legend li")).ToHaveCountAsync(4);
        await Assertions.Expect(page.Locator("#map-progress")).ToBeHiddenAsync();

        Assert.Empty(await page.EvaluateAsync<string[]>(Audit));
        Assert.Empty(_trouble);
        if (Environment.GetEnvironmentVariable("MICSE_SCREENSHOTS") is { } folder)
        {
            await page.Locator(TextsId).FillAsync("A man is playing a guitar.\nSomeone plays an instrument.\nIt is raining.\nSnow falls in winter.\nThe stock market fell.");
            await page.Locator("#query").FillAsync("Who plays music?");
            await page.Locator("#token-text").FillAsync("The unaffable guitarist plays on, whatever the weather.");
            await Assertions.Expect(page.Locator("#token-summary")).ToContainTextAsync("Nothing is cut off");
            await Assertions.Expect(page.Locator("#heat tbody tr")).ToHaveCountAsync(5);
            await Assertions.Expect(page.Locator("#hits li").First).ToContainTextAsync("guitar");
            await page.EvaluateAsync("() => scrollTo(0, 0)");
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"server-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true });
        }
    }

    [Fact]
    public async Task The_page_is_used_with_the_keyboard_alone()
    {
        var page = await OpenAsync(1280, 900, ColorScheme.Light);
        await Assertions.Expect(page.Locator("#heat tbody tr")).ToHaveCountAsync(5);

        var order = new List<string>();
        for (var step = 0; step < 16; step++)
        {
            await page.Keyboard.PressAsync("Tab");
            order.Add(await page.EvaluateAsync<string>("() => document.activeElement.id || document.activeElement.textContent.trim()"));
        }

        Assert.Equal(["Skip to the content", "Compare", "search-link", "Map", "Explain", "Tokens", "Server", "API", "model", "texts"], order.Take(10));
        Assert.Contains("query", order);
    }

    [Theory]
    [InlineData("texts.txt", "one apple\ntwo pears\nthree plums\n", 3)]
    [InlineData("texts.csv", "id,title\n1,\"a \"\"quoted\"\", text\"\n2,another text\n3,and a third one\n", 3)]
    public async Task A_file_becomes_a_map(string name, string content, int count)
    {
        var page = await OpenAsync(1280, 900, ColorScheme.Light);

        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(content) });

        await Assertions.Expect(page.Locator("#map-summary")).ToContainTextAsync($"{count} texts in");
        Assert.Equal(count, (await page.Locator("#column").InputValueAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        if (name.EndsWith("csv", StringComparison.Ordinal))
        {
            Assert.StartsWith("a \"quoted\", text", await page.Locator("#column").InputValueAsync(), StringComparison.Ordinal);
            await page.Locator("#column-choice").SelectOptionAsync("id");
            Assert.StartsWith("1\n2", await page.Locator("#column").InputValueAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(_trouble);
    }

    [Fact]
    public async Task A_narrow_heat_map_says_that_it_scrolls()
    {
        var page = await OpenAsync(390, 844, ColorScheme.Light);

        await Assertions.Expect(page.Locator("#heat-hint")).ToBeVisibleAsync();
        await page.Locator(TextsId).FillAsync("one");
        await Assertions.Expect(page.Locator("#heat-hint")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_server_with_keys_asks_for_one()
    {
        await using var server = await ServerRun.StartAsync(options => options.ApiKeys.Add("open sesame"));
        var page = await OpenAsync(1280, 900, ColorScheme.Light, server);

        await Assertions.Expect(page.Locator("#problem")).ToContainTextAsync("needs a key");
        await page.Locator("#key").FillAsync("open sesame");
        await page.Locator("#key").PressAsync("Tab");
        await Assertions.Expect(page.Locator("#heat tbody tr")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator("#problem")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_documentation_asks_for_nothing_from_elsewhere()
    {
        var page = await OpenAsync(1280, 900, ColorScheme.Light, path: "docs/");

        await Assertions.Expect(page.GetByText("/v1/embeddings").First).ToBeVisibleAsync();
        Assert.DoesNotContain(_trouble, entry => entry.StartsWith("request", StringComparison.Ordinal) || entry.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    private async Task<IPage> OpenAsync(int width, int height, ColorScheme scheme, ServerRun? server = null, string path = "")
    {
        var own = (server ?? _server!).Address;
        var page = await _browser!.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
        page.SetDefaultTimeout(120_000);
        page.Console += (_, message) => _trouble.Add($"console: {message.Text}");
        page.PageError += (_, error) => _trouble.Add($"error: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(own.ToString(), StringComparison.Ordinal) && !Regex.IsMatch(request.Url, "^(data|blob):"))
            {
                _trouble.Add($"request: {request.Url}");
            }
        };
        await page.GotoAsync(new Uri(own, path).ToString());
        return page;
    }
}
