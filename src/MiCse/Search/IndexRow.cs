namespace MiCse.Search;

/// <summary>A row of an index.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text.</param>
/// <param name="Vector">Its vector as it was put in.</param>
public sealed record IndexRow(string Id, string Text, float[] Vector);
