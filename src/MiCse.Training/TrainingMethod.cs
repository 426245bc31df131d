namespace MiCse.Training;

/// <summary>What the loss consists of.</summary>
public enum TrainingMethod
{
    /// <summary>InfoNCE and the mutual information of the two views' attention (Klein and Nabi, ACL 2023). The default.</summary>
    MiCse,

    /// <summary>InfoNCE alone (Gao, Yao and Chen, EMNLP 2021): the control arm.</summary>
    SimCse,
}
