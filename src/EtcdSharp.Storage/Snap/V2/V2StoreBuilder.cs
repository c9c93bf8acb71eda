using System.Text.Json;

namespace EtcdSharp.Storage.Snap.V2;

/// <summary>
/// The old store as releases from 3.6 on build it for each snapshot: from nothing, one write after the other. The store
/// counts its writes, stamps its nodes with the count, and keeps the last of them as a history, all of which is part of
/// the document.
/// </summary>
internal sealed class V2StoreBuilder
{
    private const int DocumentVersion = 2;

    /// <summary>Events that the store remembers; a reader of the document divides by it.</summary>
    private const int HistoryCapacity = 1000;

    /// <summary>A new store is asked once whether it holds members.</summary>
    private const int FailedGets = 1;

    /// <summary>The time at which a node without an end expires, as etcd writes it.</summary>
    private const string NeverExpires = "0001-01-01T00:00:00Z";

    private readonly V2Node _root = new("/", 0, null);
    private readonly List<(string Action, V2Node Node)> _events = [];

    public V2StoreBuilder(params ReadOnlySpan<string> directories)
    {
        foreach (var name in directories)
        {
            _root.Children.Add(name, new V2Node("/" + name, 0, null));
        }
    }

    private ulong Index => (ulong)_events.Count;

    /// <summary>Makes a file that is not there yet, with the directories above it.</summary>
    public void Create(string path, string value) => Add("create", path, value);

    /// <summary>As above; etcd counts the two apart.</summary>
    public void Set(string path, string value) => Add("set", path, value);

    public byte[] ToJson() =>
        GoJson.Encode(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("Root");
            Write(json, _root);
            json.WriteStartObject("WatcherHub");
            WriteHistory(json);
            json.WriteEndObject();
            json.WriteNumber("CurrentIndex", Index);
            WriteStats(json);
            json.WriteNumber("CurrentVersion", DocumentVersion);
            json.WriteEndObject();
        });

    private void Add(string action, string path, string value)
    {
        var directory = _root;
        var names = path[1..].Split('/');
        foreach (var name in names[..^1])
        {
            if (!directory.Children.TryGetValue(name, out var next))
            {
                next = new V2Node(directory == _root ? "/" + name : $"{directory.Path}/{name}", Index + 1, null);
                directory.Children.Add(name, next);
            }

            directory = next;
        }

        var file = new V2Node(path, Index + 1, value);
        directory.Children.Add(names[^1], file);
        _events.Add((action, file));
    }

    private static void Write(Utf8JsonWriter json, V2Node node)
    {
        json.WriteStartObject();
        json.WriteString("Path", node.Path);
        json.WriteNumber("CreatedIndex", node.Index);
        json.WriteNumber("ModifiedIndex", node.Index);
        json.WriteString("ExpireTime", NeverExpires);
        json.WriteString("Value", node.Value ?? "");
        if (node.Value is not null)
        {
            json.WriteNull("Children");
        }
        else
        {
            json.WriteStartObject("Children");
            foreach (var (name, child) in node.Children)
            {
                json.WritePropertyName(name);
                Write(json, child);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>A ring: event n has place n - 1 modulo the capacity, and the oldest give way.</summary>
    private void WriteHistory(Utf8JsonWriter json)
    {
        var size = Math.Min(_events.Count, HistoryCapacity);
        var oldest = _events.Count - size;
        json.WriteStartObject("EventHistory");
        json.WriteStartObject("Queue");
        json.WriteStartArray("Events");
        for (var place = 0; place < HistoryCapacity; place++)
        {
            var rounds = (_events.Count - 1 - place) / HistoryCapacity;
            if (place >= _events.Count)
            {
                json.WriteNullValue();
            }
            else
            {
                Write(json, _events[place + (rounds * HistoryCapacity)]);
            }
        }

        json.WriteEndArray();
        json.WriteNumber("Size", size);
        json.WriteNumber("Front", oldest % HistoryCapacity);
        json.WriteNumber("Back", _events.Count % HistoryCapacity);
        json.WriteNumber("Capacity", HistoryCapacity);
        json.WriteEndObject();
        json.WriteNumber("StartIndex", size == 0 ? 0 : oldest + 1);
        json.WriteNumber("LastIndex", _events.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, (string Action, V2Node Node) written)
    {
        json.WriteStartObject();
        json.WriteString("action", written.Action);
        json.WriteStartObject("node");
        json.WriteString("key", written.Node.Path);
        json.WriteString("value", written.Node.Value);
        json.WriteNumber("modifiedIndex", written.Node.Index);
        json.WriteNumber("createdIndex", written.Node.Index);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteStats(Utf8JsonWriter json)
    {
        var sets = _events.Count(written => written.Action == "set");
        (string Name, int Count)[] counts =
        [
            ("getsSuccess", 0),
            ("getsFail", FailedGets),
            ("setsSuccess", sets),
            ("setsFail", 0),
            ("deleteSuccess", 0),
            ("deleteFail", 0),
            ("updateSuccess", 0),
            ("updateFail", 0),
            ("createSuccess", _events.Count - sets),
            ("createFail", 0),
            ("compareAndSwapSuccess", 0),
            ("compareAndSwapFail", 0),
            ("compareAndDeleteSuccess", 0),
            ("compareAndDeleteFail", 0),
            ("expireCount", 0),
            ("watchers", 0),
        ];
        json.WriteStartObject("Stats");
        foreach (var (name, count) in counts)
        {
            json.WriteNumber(name, count);
        }

        json.WriteEndObject();
    }
}
