import Foundation
import PackagePlugin

/// Compiles the texts of daemons into the target that has the catalogue (`<language>/<area>.json`): `EmbeddedTexts.all`, and `TextKey` with a case for
/// each key, so that a text that is not there does not compile.
@main
struct EmbedTexts: BuildToolPlugin {
    /// The areas that daemons write. The others are the web apps'.
    private static let areas = ["signin"]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        // All of them are its input, so that SwiftPM does not ask what the others are for.
        let files = target.sourceFiles.map(\.url).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        let texts = files.filter { Self.areas.contains($0.deletingPathExtension().lastPathComponent) }
        let script = context.package.directoryURL.appending(path: "Plugins/EmbedTexts/embed-texts.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedTexts.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(texts.count) files of texts into \(target.name)",
                executable: URL(fileURLWithPath: "/bin/sh"),
                arguments: [script.path, output.path] + texts.map(\.path),
                inputFiles: files + [script],
                outputFiles: [output]
            )
        ]
    }
}
