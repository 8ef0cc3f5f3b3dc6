import Foundation

/// A random forest for two classes, as trained by scikit-learn's `RandomForestClassifier`.
///
/// All trees are in one array of nodes, with siblings next to each other, so that a prediction reads memory that is close
/// together. A leaf has the share of failures among the training rows that reached it. The forest's probability is the mean
/// over its trees (Breiman 2001, with scikit-learn's averaging of probabilities instead of votes).
///
/// scikit-learn trains and evaluates its trees in single precision. So a value is rounded to `Float` before it is compared:
/// the results are then exactly the same, also for a value that is equal to a threshold.
struct Forest: Sendable {
    /// Either a split (`feature` >= 0: left if the value is at most `threshold`, otherwise right) or a leaf.
    struct Node: Sendable {
        var feature: Int32
        /// The index of the left child; the right one follows it.
        var left: Int32
        var threshold: Double
        /// The share of failures below this node: the result of a leaf. `explain` uses its change along a path.
        var share: Double
    }

    let featureCount: Int
    let nodes: [Node]
    /// The index of each tree's first node.
    let roots: [Int32]

    /// The probability of a failure, 0 to 1, and the share of trees that agree with the forest's prediction.
    func predict(_ row: [Double]) -> (probability: Double, agreement: Double) {
        precondition(row.count == featureCount, "a row has \(featureCount) features")
        var sum = 0.0
        var failing = 0
        for root in roots {
            let share = nodes[leaf(of: row, from: root)].share
            sum += share
            if share >= 0.5 { failing += 1 }
        }
        let trees = Double(roots.count)
        let probability = sum / trees
        let votes = Double(failing) / trees
        return (probability, probability >= 0.5 ? votes : 1 - votes)
    }

    /// How much each feature moved this row's probability away from the forest's mean (Saabas 2014): at each split on a tree's
    /// path, the change of the share is added to the weight of the split's feature. `base` plus all weights is the probability.
    func explain(_ row: [Double]) -> (base: Double, weights: [Double]) {
        var weights = [Double](repeating: 0, count: featureCount)
        var base = 0.0
        for root in roots {
            var index = Int(root)
            base += nodes[index].share
            while nodes[index].feature >= 0 {
                let node = nodes[index]
                let next = child(of: node, for: row)
                weights[Int(node.feature)] += nodes[next].share - node.share
                index = next
            }
        }
        let trees = Double(roots.count)
        return (base / trees, weights.map { $0 / trees })
    }

    private func leaf(of row: [Double], from root: Int32) -> Int {
        nodes.withUnsafeBufferPointer { nodes in
            row.withUnsafeBufferPointer { row in
                var index = Int(root)
                while nodes[index].feature >= 0 {
                    let node = nodes[index]
                    index = Int(node.left) + (Double(Float(row[Int(node.feature)])) <= node.threshold ? 0 : 1)
                }
                return index
            }
        }
    }

    private func child(of node: Node, for row: [Double]) -> Int {
        Int(node.left) + (Double(Float(row[Int(node.feature)])) <= node.threshold ? 0 : 1)
    }
}
