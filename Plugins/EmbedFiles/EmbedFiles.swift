import Foundation
import PackagePlugin

/// Compiles a target's data files into it: the migrations of a service (`Store/Migrations/*.sql`), the API documents
/// (`*.json`) and tables (`*.csv`). They become `EmbeddedFiles.all`, by name and in the order of their names, so that a new file is one file touched.
@main
struct EmbedFiles: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let files = target.sourceFiles.map(\.url).filter { ["sql", "json", "csv"].contains($0.pathExtension) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let script = context.package.directoryURL.appending(path: "Plugins/EmbedFiles/embed-files.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files into \(target.name)",
                executable: URL(fileURLWithPath: "/bin/sh"),
                arguments: [script.path, output.path] + files.map(\.path),
                inputFiles: files + [script],
                outputFiles: [output]
            )
        ]
    }
}
