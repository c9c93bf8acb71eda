using EtcdSharp.Api.ReflectionV1;
using EtcdSharp.Grpc.Contract;
using EtcdSharp.Grpc.Server;
using Google.Protobuf.Reflection;

namespace EtcdSharp.Grpc.Reflection;

/// <summary>grpc.reflection.v1 and v1alpha: tells tools which services there are and what their messages look like.</summary>
public sealed class ReflectionService
{
    private readonly Dictionary<string, FileDescriptor> filesByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> filesBySymbol = new(StringComparer.Ordinal);
    private readonly string[] services;

    /// <param name="services">The full names of the services that are served.</param>
    /// <param name="files">The files that describe them; what they import is found from there.</param>
    public ReflectionService(IEnumerable<string> services, IEnumerable<FileDescriptor> files)
    {
        this.services =
        [
            .. services
                .Append(ReflectionMethods.Service)
                .Append(ReflectionMethods.AlphaService)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        AddFile(ReflectionV1Files);
        AddFile(Api.ReflectionV1Alpha.GrpcReflectionV1AlphaReflection.Descriptor);
        foreach (FileDescriptor file in files)
        {
            AddFile(file);
        }
    }

    private static FileDescriptor ReflectionV1Files => GrpcReflectionV1Reflection.Descriptor;

    public void AddTo(GrpcServiceBuilder builder)
    {
        builder.Bidirectional(ReflectionMethods.Info, InfoAsync, CallRule.Anyone);
        builder.Bidirectional(ReflectionMethods.AlphaInfo, InfoAsync, CallRule.Anyone);
    }

    private static ErrorResponse NotFound(string what) =>
        new() { ErrorCode = (int)StatusCode.NotFound, ErrorMessage = $"{what} not found" };

    private async ValueTask<GrpcStatus> InfoAsync(
        GrpcStreamReader<ServerReflectionRequest> requests,
        GrpcStreamWriter<ServerReflectionResponse> responses,
        CallContext call
    )
    {
        while (await requests.MoveNextAsync().ConfigureAwait(false))
        {
            await responses.WriteAsync(Answer(requests.Current)).ConfigureAwait(false);
        }

        return GrpcStatus.Ok;
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        ServerReflectionResponse response = new() { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new();
                response.ListServicesResponse.Service.AddRange(
                    services.Select(static name => new ServiceResponse { Name = name })
                );
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AnswerFile(response, filesByName, request.FileByFilename);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                AnswerFile(response, filesBySymbol, request.FileContainingSymbol);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                // None of the files declares an extension of its own.
                response.ErrorResponse = NotFound($"extension of {request.FileContainingExtension.ContainingType}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                response.AllExtensionNumbersResponse = new() { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            default:
                response.ErrorResponse = new() { ErrorCode = (int)StatusCode.InvalidArgument, ErrorMessage = "empty request" };
                break;
        }

        return response;
    }

    private static void AnswerFile(ServerReflectionResponse response, Dictionary<string, FileDescriptor> files, string name)
    {
        if (!files.TryGetValue(name, out FileDescriptor? file))
        {
            response.ErrorResponse = NotFound(name);
            return;
        }

        FileDescriptorResponse found = new();
        HashSet<string> added = new(StringComparer.Ordinal);
        Collect(file, added, found);
        response.FileDescriptorResponse = found;
    }

    private static void Collect(FileDescriptor file, HashSet<string> added, FileDescriptorResponse found)
    {
        if (!added.Add(file.Name))
        {
            return;
        }

        found.FileDescriptorProto.Add(file.SerializedData);
        foreach (FileDescriptor imported in file.Dependencies)
        {
            Collect(imported, added, found);
        }
    }

    private void AddFile(FileDescriptor file)
    {
        if (!filesByName.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (ServiceDescriptor service in file.Services)
        {
            filesBySymbol[service.FullName] = file;
            foreach (MethodDescriptor method in service.Methods)
            {
                filesBySymbol[method.FullName] = file;
            }
        }

        foreach (EnumDescriptor type in file.EnumTypes)
        {
            filesBySymbol[type.FullName] = file;
        }

        foreach (MessageDescriptor type in file.MessageTypes)
        {
            AddType(type, file);
        }

        foreach (FileDescriptor imported in file.Dependencies)
        {
            AddFile(imported);
        }
    }

    private void AddType(MessageDescriptor type, FileDescriptor file)
    {
        filesBySymbol[type.FullName] = file;
        foreach (MessageDescriptor nested in type.NestedTypes)
        {
            AddType(nested, file);
        }
    }
}
