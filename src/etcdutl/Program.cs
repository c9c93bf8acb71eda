using EtcdSharp.CommandLine;
using EtcdSharp.Programs.Etcdutl;

return await EtcdutlProgram.Create().RunAsync(args, ProgramStreams.OfProcess());
