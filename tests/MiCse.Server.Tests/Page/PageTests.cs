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

        await page.Locator("#token-text").FillAsync(string.Concat(Enumerable.Repeat("guitar ", 328)));
        await Assertions.Expect(page.Locator("#token-summary")).ToContainTextAsync("330 tokens of at most 256. The last 74 are cut off.");
        await Assertions.Expect(page.Locator("#token-list li.cut")).ToHaveCountAsync(74);
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("ready");

        Assert.Empty(await page.EvaluateAsync<string[]>(Audit));
        Assert.Empty(_trouble);
        if (Environment.GetEnvironmentVariable("MICSE_SCREENSHOTS") is { } folder)
        {
            await page.Locator(TextsId).FillAsync("A man is playing a guitar.\nSomeone plays an instrument.\nIt is raining.\nSnow falls in winter.\nThe stock market fell.");
            await page.Locator("#query").FillAsync("Who plays music?");
            await page.Locator("#token-text").FillAsync("The unaffable guitarist plays on, whatever the weather.");
            await Assertions.Expect(page.Locator("#token-summary")).ToContainTextAsync("Nothing is cut off");
            await Assertions.Expect(page.Locator("#heat tbody tr")).ToHaveCountAsync(5);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"server-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true });
        }
    }

    [Fact]
    public async Task The_page_is_used_with_the_keyboard_alone()
    {
        var page = await OpenAsync(1280, 900, ColorScheme.Light);
        await Assertions.Expect(page.Locator("#heat tbody tr")).ToHaveCountAsync(5);

        var order = new List<string>();
        for (var step = 0; step < 12; step++)
        {
            await page.Keyboard.PressAsync("Tab");
            order.Add(await page.EvaluateAsync<string>("() => document.activeElement.id || document.activeElement.textContent.trim()"));
        }

        Assert.Equal(["Skip to the content", "Compare", "search-link", "Tokens", "Server", "API", "model", "texts"], order.Take(8));
        Assert.Contains("query", order);
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

        await Assertions.Expect(page.GetByText("/v1/embeddings").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.DoesNotContain(_trouble, entry => entry.StartsWith("request", StringComparison.Ordinal));
    }

    private async Task<IPage> OpenAsync(int width, int height, ColorScheme scheme, ServerRun? server = null, string path = "")
    {
        var own = (server ?? _server!).Address;
        var page = await _browser!.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });
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
