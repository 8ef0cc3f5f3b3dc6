import Foundation

/// A trained model as `Training/train.py` writes it: its training data, its quality and its trees.
struct ModelFile: Codable, Sendable {
    /// scikit-learn's arrays of one tree; `left` is -1 at a leaf.
    struct Tree: Codable, Sendable {
        var feature: [Int32]
        var threshold: [Double]
        var left: [Int32]
        var right: [Int32]
        var share: [Double]
    }

    var format: String
    var name: String
    var version: String
    var features: [String]
    /// How many days ahead a failure is predicted.
    var horizonDays: Int
    var trainedAt: String
    /// SHA-256 of the feature table that the model was trained on.
    var trainingData: String
    var metrics: [String: Double]
    var trees: [Tree]
}

/// Why a model file is not accepted.
enum ModelRefusal: Error, Hashable, CustomStringConvertible {
    case format(String)
    case features(expected: [String], found: [String])
    case tree(Int, String)

    var description: String {
        switch self {
        case .format(let found): "the model file's format is \(found), not \(ModelFile.knownFormat)"
        case .features(let expected, let found):
            "the model asks for the features \(found.joined(separator: ", ")), this version computes "
                + expected.joined(separator: ", ")
        case .tree(let index, let what): "tree \(index) of the model file is broken: \(what)"
        }
    }
}

extension ModelFile {
    static let knownFormat = "dcmms-forest-1"

    /// The forest, after checks: every child exists, every path ends, every split uses a feature that exists.
    func forest(features expected: [String]) throws(ModelRefusal) -> Forest {
        guard format == Self.knownFormat else { throw .format(format) }
        guard features == expected else { throw .features(expected: expected, found: features) }
        guard !trees.isEmpty else { throw .tree(0, "there is none") }
        var nodes: [Forest.Node] = []
        var roots: [Int32] = []
        for (index, tree) in trees.enumerated() {
            roots.append(Int32(nodes.count))
            try append(tree, number: index, to: &nodes)
        }
        return Forest(featureCount: features.count, nodes: nodes, roots: roots)
    }

    /// Appends the tree's nodes in breadth-first order, with siblings next to each other.
    private func append(_ tree: Tree, number: Int, to nodes: inout [Forest.Node]) throws(ModelRefusal) {
        let count = tree.feature.count
        guard count > 0,
            [tree.threshold.count, tree.left.count, tree.right.count, tree.share.count]
                == .init(
                    repeating: count,
                    count: 4
                )
        else { throw .tree(number, "its arrays differ in length") }
        let first = nodes.count
        nodes.append(.init(feature: -1, left: -1, threshold: 0, share: 0))
        var queue: [(source: Int, target: Int)] = [(0, first)]
        var head = 0
        while head < queue.count {
            let (source, target) = queue[head]
            head += 1
            guard head <= count else { throw .tree(number, "its nodes form a cycle") }
            let (left, right) = (Int(tree.left[source]), Int(tree.right[source]))
            guard left >= 0 else {
                nodes[target] = .init(feature: -1, left: -1, threshold: 0, share: tree.share[source])
                continue
            }
            guard left < count, right >= 0, right < count, features.indices.contains(Int(tree.feature[source]))
            else { throw .tree(number, "node \(source) points nowhere") }
            nodes[target] = .init(
                feature: tree.feature[source],
                left: Int32(nodes.count),
                threshold: tree.threshold[source],
                share: tree.share[source]
            )
            queue.append((left, nodes.count))
            queue.append((right, nodes.count + 1))
            nodes.append(.init(feature: -1, left: -1, threshold: 0, share: 0))
            nodes.append(.init(feature: -1, left: -1, threshold: 0, share: 0))
        }
    }
}
