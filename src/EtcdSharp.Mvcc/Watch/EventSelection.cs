namespace EtcdSharp.Mvcc.Watch;

/// <summary>Some events of a batch, in order: a run, or when they do not lie side by side, a list of their places.</summary>
internal struct EventSelection
{
    private const int FirstPlaces = 8;

    private int[]? _places;
    private int _first;

    public int Count { get; private set; }

    public readonly int this[int i] => _places is null ? _first + i : _places[i];

    public static EventSelection Single(int place) => new() { _first = place, Count = 1 };

    public static EventSelection Run(int first, int count) => new() { _first = first, Count = count };

    public void Add(int place)
    {
        if (_places is null && (Count == 0 || place == _first + Count))
        {
            _first = Count == 0 ? place : _first;
            Count++;
            return;
        }

        var places = _places ?? Spell();
        if (Count == places.Length)
        {
            Array.Resize(ref places, Count * 2);
        }

        places[Count++] = place;
        _places = places;
    }

    private readonly int[] Spell()
    {
        var places = new int[Math.Max(FirstPlaces, Count * 2)];
        for (var i = 0; i < Count; i++)
        {
            places[i] = _first + i;
        }

        return places;
    }
}
