using EtcdSharp.Api.Errors;
using EtcdSharp.Harness;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EtcdSharp.Api.Tests;

/// <summary>Every message, field, enumeration and call of real etcd is there, with its number and its type.</summary>
public sealed class WireContractTests(RealProgram real) : IClassFixture<RealProgram>
{
    /// <summary>What is described to no client, but a directory or a member holds it.</summary>
    private static readonly string[] s_packages =
    [
        "authpb",
        "etcdserverpb",
        "leasepb",
        "membershippb",
        "mvccpb",
        "raftpb",
        "snappb",
        "v3electionpb",
        "v3lockpb",
        "walpb",
    ];

    [Fact]
    public void Messages_and_fields_are_those_of_real_etcd()
    {
        var ours = OurFiles();
        var messages = ours.SelectMany(file => All(file.MessageTypes, static type => type.NestedTypes))
            .ToDictionary(static type => type.FullName);
        var (compared, problems) = (0, new List<string>());
        foreach (var (name, theirs) in RealFiles().SelectMany(static file => All(file.Package, file.MessageType)))
        {
            if (!messages.TryGetValue(name, out var type))
            {
                problems.Add($"{name} is not there");
                continue;
            }

            foreach (var field in theirs.Field)
            {
                compared++;
                var ourField = type.FindFieldByNumber(field.Number)?.ToProto();
                if (ourField is null || Of(ourField) != Of(field))
                {
                    problems.Add($"{name}: {Of(field)}, here {(ourField is null ? "nothing" : Of(ourField))}");
                }
            }
        }

        Assert.Empty(problems);
        Assert.True(compared > 300, $"only {compared} fields were found in real etcd");
    }

    [Fact]
    public void Enumerations_are_those_of_real_etcd()
    {
        var ours = OurFiles();
        var enums = ours.SelectMany(static file => file.EnumTypes)
            .Concat(
                ours.SelectMany(file => All(file.MessageTypes, static type => type.NestedTypes))
                    .SelectMany(static type => type.EnumTypes)
            )
            .ToDictionary(static type => type.FullName);
        var (compared, problems) = (0, new List<string>());
        foreach (var file in RealFiles())
        {
            var theirs = file
                .EnumType.Select(type => (Name: $"{file.Package}.{type.Name}", Type: type))
                .Concat(
                    All(file.Package, file.MessageType)
                        .SelectMany(static owner => owner.Type.EnumType.Select(type => ($"{owner.Name}.{type.Name}", type)))
                );
            foreach (var (name, type) in theirs)
            {
                foreach (var value in type.Value)
                {
                    compared++;
                    if (enums.GetValueOrDefault(name)?.FindValueByNumber(value.Number)?.Name is var here && here != value.Name)
                    {
                        problems.Add($"{name}: {value.Number} is {value.Name}, here {here ?? "nothing"}");
                    }
                }
            }
        }

        Assert.Empty(problems);
        Assert.True(compared > 30, $"only {compared} values were found in real etcd");
    }

    [Fact]
    public void Calls_are_those_of_real_etcd()
    {
        var services = OurFiles().SelectMany(static file => file.Services).ToDictionary(static service => service.FullName);
        var (compared, problems) = (0, new List<string>());
        foreach (var file in RealFiles())
        {
            foreach (var service in file.Service)
            {
                foreach (var call in service.Method)
                {
                    compared++;
                    var ours = services
                        .GetValueOrDefault($"{file.Package}.{service.Name}")
                        ?.FindMethodByName(call.Name)
                        ?.ToProto();
                    if (ours is null || Of(ours) != Of(call))
                    {
                        problems.Add($"{service.Name}.{Of(call)}, here {(ours is null ? "nothing" : Of(ours))}");
                    }
                }
            }
        }

        Assert.Empty(problems);
        Assert.True(compared > 40, $"only {compared} calls were found in real etcd");
    }

    private IEnumerable<FileDescriptorProto> RealFiles()
    {
        Assert.SkipUnless(real.IsThere, Programs.HowToGetRealEtcd);
        return real.Files().Where(static file => s_packages.Contains(file.Package));
    }

    private static IReadOnlyList<FileDescriptor> OurFiles() =>
        [
            .. typeof(EtcdError)
                .Assembly.GetTypes()
                .Where(static type => typeof(IMessage).IsAssignableFrom(type))
                .Select(static type => ((IMessage)Activator.CreateInstance(type)!).Descriptor.File)
                .Distinct(),
        ];

    private static IEnumerable<T> All<T>(IEnumerable<T> types, Func<T, IEnumerable<T>> nested) =>
        types.SelectMany(type => All(nested(type), nested).Prepend(type));

    private static IEnumerable<(string Name, DescriptorProto Type)> All(string prefix, IEnumerable<DescriptorProto> types) =>
        types.SelectMany(type => All($"{prefix}.{type.Name}", type.NestedType).Prepend(($"{prefix}.{type.Name}", type)));

    /// <summary>What both sides must agree upon: a required field is written as an optional one is.</summary>
    private static (
        int Number,
        string Name,
        FieldDescriptorProto.Types.Type Type,
        string TypeName,
        bool Repeated,
        bool InOneof
    ) Of(FieldDescriptorProto field) =>
        (
            field.Number,
            field.Name,
            field.Type,
            field.TypeName,
            field.Label == FieldDescriptorProto.Types.Label.Repeated,
            field.HasOneofIndex && !field.Proto3Optional
        );

    private static (string Name, string Input, string Output, bool ClientStreams, bool ServerStreams) Of(
        MethodDescriptorProto call
    ) => (call.Name, call.InputType, call.OutputType, call.ClientStreaming, call.ServerStreaming);
}
