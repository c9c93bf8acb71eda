namespace EtcdSharp.Node.Peers;

/// <summary>Which of a member's URLs is tried: one until it fails, then the next.</summary>
internal sealed class UrlPicker(IReadOnlyList<string> urls)
{
    private readonly Lock _gate = new();
    private IReadOnlyList<string> _urls = urls;
    private int _picked;

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
            {
                return _urls;
            }
        }
    }

    public string Pick()
    {
        lock (_gate)
        {
            return _urls[_picked];
        }
    }

    public void Update(IReadOnlyList<string> urls)
    {
        lock (_gate)
        {
            _urls = urls;
            _picked = 0;
        }
    }

    public void Unreachable(string url)
    {
        lock (_gate)
        {
            if (_urls[_picked] == url)
            {
                _picked = (_picked + 1) % _urls.Count;
            }
        }
    }
}
