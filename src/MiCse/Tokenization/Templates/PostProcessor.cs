namespace MiCse.Tokenization.Templates;

/// <summary>What tokenizer.json calls the last stage: a template, in one of its spellings.</summary>
internal abstract record PostProcessor
{
    /// <summary>The template; null when special tokens are not the matter of this one.</summary>
    public abstract SequenceTemplate? Template { get; }

    /// <summary>The same for a vocabulary whose ids are numbered anew.</summary>
    /// <param name="newId">An id → its new one.</param>
    public abstract PostProcessor WithIds(Func<int, int> newId);
}

/// <summary>A template written out.</summary>
internal sealed record TemplateProcessing(SequenceTemplate Written) : PostProcessor
{
    /// <inheritdoc/>
    public override SequenceTemplate Template => Written;

    /// <inheritdoc/>
    public override PostProcessor WithIds(Func<int, int> newId)
    {
        return new TemplateProcessing(new SequenceTemplate(Parts(Written.Single), Parts(Written.Pair)));

        List<TemplatePart> Parts(IReadOnlyList<TemplatePart> parts) =>
            [.. parts.Select(part => part.Token is { } token ? part with { Token = token.WithId(newId) } : part)];
    }
}

/// <summary>BERT's template.</summary>
internal sealed record BertProcessing(SpecialToken Start, SpecialToken End) : PostProcessor
{
    /// <inheritdoc/>
    public override SequenceTemplate Template { get; } = SequenceTemplate.Bert(Start, End);

    /// <inheritdoc/>
    public override PostProcessor WithIds(Func<int, int> newId) => new BertProcessing(Start.WithId(newId), End.WithId(newId));
}

/// <summary>RoBERTa's template. The settings say nothing about ids; they are only carried along.</summary>
internal sealed record RobertaProcessing(SpecialToken Start, SpecialToken End, bool TrimOffsets, bool AddPrefixSpace) : PostProcessor
{
    /// <inheritdoc/>
    public override SequenceTemplate Template { get; } = SequenceTemplate.Roberta(Start, End);

    /// <inheritdoc/>
    public override PostProcessor WithIds(Func<int, int> newId) => new RobertaProcessing(Start.WithId(newId), End.WithId(newId), TrimOffsets, AddPrefixSpace);
}

/// <summary>Changes the places of tokens in the text, and no ids; only carried along.</summary>
internal sealed record ByteLevelProcessing(bool AddPrefixSpace, bool TrimOffsets, bool UseRegex) : PostProcessor
{
    /// <inheritdoc/>
    public override SequenceTemplate? Template => null;

    /// <inheritdoc/>
    public override PostProcessor WithIds(Func<int, int> newId) => this;
}

/// <summary>Several, at most one of which has a template.</summary>
internal sealed record PostProcessorSequence(IReadOnlyList<PostProcessor> Stages) : PostProcessor
{
    /// <inheritdoc/>
    public override SequenceTemplate? Template { get; } = Stages.Select(stage => stage.Template).SingleOrDefault(template => template is not null);

    /// <inheritdoc/>
    public override PostProcessor WithIds(Func<int, int> newId) => new PostProcessorSequence([.. Stages.Select(stage => stage.WithIds(newId))]);
}
