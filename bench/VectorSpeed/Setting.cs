namespace MiCse.VectorSpeed;

/// <summary>What all sections have in common.</summary>
/// <param name="Folder">Where what is made once is kept.</param>
/// <param name="Python">The Python of the other contestants.</param>
/// <param name="Rounds">Measurements of each contestant.</param>
internal sealed record Setting(string Folder, string Python, int Rounds)
{
    public string PathOf(string name) => Path.Combine(Folder, name);
}
