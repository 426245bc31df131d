namespace MiCse.Tokenization.Text;

/// <summary>A token that is recognised in the text itself, before anything is split.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling; found as it stands, case-sensitive, also inside a word.</param>
/// <param name="LeftStrip">Whether white space before it belongs to it (RoBERTa's &lt;mask&gt;).</param>
/// <param name="RightStrip">Whether white space after it belongs to it.</param>
/// <param name="SingleWord">Whether it counts only when no word character touches it.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text instead of the original one.</param>
/// <param name="Special">Whether it has a role (and is no part of the text); only carried along.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool LeftStrip = false,
    bool RightStrip = false,
    bool SingleWord = false,
    bool Normalized = false,
    bool Special = true);
