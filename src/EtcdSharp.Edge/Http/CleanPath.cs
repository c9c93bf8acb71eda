namespace EtcdSharp.Edge.Http;

internal static class CleanPath
{
    /// <summary>The shortest path that names the same: no empty, <c>.</c> or <c>..</c> segment; a slash at the end stays.</summary>
    public static string Of(string path)
    {
        List<string> kept = [];
        foreach (var segment in path.Split('/'))
        {
            if (segment == "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            else if (segment is not ("" or "."))
            {
                kept.Add(segment);
            }
        }

        var clean = "/" + string.Join('/', kept);
        return kept.Count > 0 && path.EndsWith('/') ? clean + "/" : clean;
    }
}
