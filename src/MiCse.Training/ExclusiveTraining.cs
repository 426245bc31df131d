using MiCse.Training.Native;

namespace MiCse.Training;

/// <summary>Trainings of one process, one after the other, because libtorch's random numbers belong to all of it.</summary>
internal static class ExclusiveTraining
{
    private static readonly Lock OneAtATime = new();

    /// <summary>Claims the folder, trains, and leaves no empty folder behind.</summary>
    /// <exception cref="IOException">The folder is in use, or cannot be made.</exception>
    public static TResult Run<TResult>(TrainingFolder folder, bool resume, Func<TResult> train)
    {
        folder.Claim(resume);
        return Run(() =>
        {
            try
            {
                return train();
            }
            finally
            {
                folder.RemoveIfEmpty();
            }
        });
    }

    /// <summary>Other work that draws libtorch's random numbers.</summary>
    public static TResult Run<TResult>(Func<TResult> work)
    {
        lock (OneAtATime)
        {
            LibTorch.Load();
            return work();
        }
    }
}
