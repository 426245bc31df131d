namespace MiCse.Hub;

/// <summary>What the cache asks of the system and a system may refuse: room and links.</summary>
internal class CacheDisk
{
    /// <summary>Opens a file to go on with it.</summary>
    public virtual Stream Open(string path) => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    /// <summary>Makes a symbolic link.</summary>
    public virtual void CreateLink(string path, string target) => File.CreateSymbolicLink(path, target);

    /// <summary>Bytes that can still be written on the disk of a folder; null where the system does not say, as for network shares.</summary>
    public virtual long? FreeSpace(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
