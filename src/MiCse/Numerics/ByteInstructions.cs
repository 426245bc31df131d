using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiCse.Numerics;

/// <summary>The instructions with which .NET multiplies bytes.</summary>
internal enum ByteInstructions
{
    /// <summary>None: numbers one by one.</summary>
    Plain,

    /// <summary>AVX2, for weights whose products do not saturate (<see cref="BytePairs"/>).</summary>
    Pairs,

    /// <summary>AVX2, for any weights: even and odd products apart.</summary>
    PairsApart,

    /// <summary>AVX-VNNI.</summary>
    Vnni,

    /// <summary>Arm's dot product.</summary>
    ArmDot,
}

/// <summary>What can be said of <see cref="ByteInstructions"/>.</summary>
internal static class ByteInstructionsOfProcessor
{
    /// <summary>The fastest that this processor has and .NET can use.</summary>
    public static ByteInstructions Best { get; } =
        new[] { ByteInstructions.Vnni, ByteInstructions.ArmDot, ByteInstructions.PairsApart }.FirstOrDefault(AreSupported, ByteInstructions.Plain);

    /// <summary>Whether this processor has them.</summary>
    public static bool AreSupported(this ByteInstructions instructions) => instructions switch
    {
        ByteInstructions.Vnni => AvxVnni.IsSupported,
        ByteInstructions.ArmDot => Dp.IsSupported,
        ByteInstructions.Pairs or ByteInstructions.PairsApart => Avx2.IsSupported,
        _ => true,
    };

    /// <summary>Whether four products are added in one instruction: nothing is faster on vectors of this length.</summary>
    public static bool AddFour(this ByteInstructions instructions) => instructions is ByteInstructions.Vnni or ByteInstructions.ArmDot;
}
