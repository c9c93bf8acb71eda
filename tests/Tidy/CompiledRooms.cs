using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace EtcdSharp.Tidy;

/// <summary>
/// Which rooms (namespaces) of a compiled project use which others of the same project: base types, interfaces, fields,
/// signatures, attributes, and whatever the code of a method names.
/// </summary>
internal sealed class CompiledRooms : IDisposable
{
    private static readonly Dictionary<int, OpCode> s_opCodes = typeof(OpCodes)
        .GetFields()
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => (int)(ushort)code.Value);

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly TypeUses _uses;

    /// <summary>Room → other room → an example of a use, as "Type uses Type".</summary>
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _rooms = new(StringComparer.Ordinal);

    public CompiledRooms(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
        _uses = new TypeUses(_metadata);
        foreach (var type in _metadata.TypeDefinitions)
        {
            Read(type);
        }
    }

    public IReadOnlyDictionary<string, SortedDictionary<string, string>> Rooms => _rooms;

    public void Dispose() => _file.Dispose();

    private void Read(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        List<TypeDefinitionHandle> used = [];
        _uses.Add(type.BaseType, used);
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            _uses.Add(_metadata.GetInterfaceImplementation(implemented).Interface, used);
        }

        foreach (var field in type.GetFields())
        {
            used.AddRange(_metadata.GetFieldDefinition(field).DecodeSignature(_uses, null));
        }

        foreach (var attribute in type.GetCustomAttributes())
        {
            _uses.Add(_metadata.GetCustomAttribute(attribute).Constructor, used);
        }

        foreach (var method in type.GetMethods())
        {
            Read(_metadata.GetMethodDefinition(method), used);
        }

        var outermost = Outermost(handle);
        foreach (var other in used.Select(Outermost).Distinct())
        {
            Note(outermost, other);
        }
    }

    private void Read(MethodDefinition method, List<TypeDefinitionHandle> used)
    {
        var signature = method.DecodeSignature(_uses, null);
        used.AddRange(signature.ReturnType);
        used.AddRange(signature.ParameterTypes.SelectMany(static types => types));
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            var locals = _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_uses, null);
            used.AddRange(locals.SelectMany(static types => types));
        }

        foreach (var region in body.ExceptionRegions)
        {
            _uses.Add(region.CatchType, used);
        }

        ReadCode(body.GetILReader(), used);
    }

    private void ReadCode(BlobReader code, List<TypeDefinitionHandle> used)
    {
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            var operation = s_opCodes[value == 0xFE ? 0xFE00 | code.ReadByte() : value];
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    _uses.Add(MetadataTokens.EntityHandle(code.ReadInt32()), used);
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                default:
                    code.Offset += OperandLength(operation.OperandType);
                    break;
            }
        }
    }

    private static int OperandLength(OperandType type) =>
        type switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };

    private TypeDefinitionHandle Outermost(TypeDefinitionHandle handle)
    {
        while (_metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } declaring)
        {
            handle = declaring;
        }

        return handle;
    }

    private void Note(TypeDefinitionHandle from, TypeDefinitionHandle to)
    {
        var (room, other) = (RoomOf(from), RoomOf(to));
        if (room != other && room.Length > 0 && other.Length > 0)
        {
            if (!_rooms.TryGetValue(room, out var others))
            {
                _rooms[room] = others = new SortedDictionary<string, string>(StringComparer.Ordinal);
            }

            others.TryAdd(other, $"{NameOf(from)} uses {NameOf(to)}");
        }
    }

    private string RoomOf(TypeDefinitionHandle type) => _metadata.GetString(_metadata.GetTypeDefinition(type).Namespace);

    private string NameOf(TypeDefinitionHandle type) => _metadata.GetString(_metadata.GetTypeDefinition(type).Name);

    /// <summary>The types of this assembly that a signature or a token names.</summary>
    private sealed class TypeUses(MetadataReader metadata) : ISignatureTypeProvider<ImmutableArray<TypeDefinitionHandle>, object?>
    {
        private static readonly ImmutableArray<TypeDefinitionHandle> s_none = [];

        public void Add(EntityHandle handle, List<TypeDefinitionHandle> used)
        {
            if (handle.IsNil)
            {
                return;
            }

            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    used.Add((TypeDefinitionHandle)handle);
                    break;
                case HandleKind.TypeSpecification:
                    used.AddRange(metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null));
                    break;
                case HandleKind.MethodDefinition:
                    used.Add(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.FieldDefinition:
                    used.Add(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.MemberReference:
                    Add(metadata.GetMemberReference((MemberReferenceHandle)handle).Parent, used);
                    break;
                case HandleKind.MethodSpecification:
                    var method = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    Add(method.Method, used);
                    used.AddRange(method.DecodeSignature(this, null).SelectMany(static types => types));
                    break;
            }
        }

        public ImmutableArray<TypeDefinitionHandle> GetTypeFromDefinition(
            MetadataReader reader,
            TypeDefinitionHandle handle,
            byte rawTypeKind
        ) => [handle];

        public ImmutableArray<TypeDefinitionHandle> GetTypeFromSpecification(
            MetadataReader reader,
            object? genericContext,
            TypeSpecificationHandle handle,
            byte rawTypeKind
        ) => reader.GetTypeSpecification(handle).DecodeSignature(this, null);

        public ImmutableArray<TypeDefinitionHandle> GetGenericInstantiation(
            ImmutableArray<TypeDefinitionHandle> genericType,
            ImmutableArray<ImmutableArray<TypeDefinitionHandle>> typeArguments
        ) => [.. genericType, .. typeArguments.SelectMany(static types => types)];

        public ImmutableArray<TypeDefinitionHandle> GetFunctionPointerType(
            MethodSignature<ImmutableArray<TypeDefinitionHandle>> signature
        ) => [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(static types => types)];

        public ImmutableArray<TypeDefinitionHandle> GetModifiedType(
            ImmutableArray<TypeDefinitionHandle> modifier,
            ImmutableArray<TypeDefinitionHandle> unmodifiedType,
            bool isRequired
        ) => unmodifiedType;

        public ImmutableArray<TypeDefinitionHandle> GetArrayType(
            ImmutableArray<TypeDefinitionHandle> elementType,
            ArrayShape shape
        ) => elementType;

        public ImmutableArray<TypeDefinitionHandle> GetSZArrayType(ImmutableArray<TypeDefinitionHandle> elementType) =>
            elementType;

        public ImmutableArray<TypeDefinitionHandle> GetByReferenceType(ImmutableArray<TypeDefinitionHandle> elementType) =>
            elementType;

        public ImmutableArray<TypeDefinitionHandle> GetPointerType(ImmutableArray<TypeDefinitionHandle> elementType) =>
            elementType;

        public ImmutableArray<TypeDefinitionHandle> GetPinnedType(ImmutableArray<TypeDefinitionHandle> elementType) =>
            elementType;

        public ImmutableArray<TypeDefinitionHandle> GetGenericMethodParameter(object? genericContext, int index) => s_none;

        public ImmutableArray<TypeDefinitionHandle> GetGenericTypeParameter(object? genericContext, int index) => s_none;

        public ImmutableArray<TypeDefinitionHandle> GetPrimitiveType(PrimitiveTypeCode typeCode) => s_none;

        public ImmutableArray<TypeDefinitionHandle> GetTypeFromReference(
            MetadataReader reader,
            TypeReferenceHandle handle,
            byte rawTypeKind
        ) => s_none;
    }
}
