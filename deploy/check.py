"""Hold the manifests in this folder against Kubernetes' schemas, unknown fields included: `make lint-deploy`.

Of a RayCluster, that is its pods. `kubectl apply --dry-run=server` checks the rest, on a cluster that has KubeRay.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

FOLDER = Path(__file__).parent
VERSIONS = ("1.30", "1.34", "1.37")


def objects(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what Kubernetes has a schema for: the object itself, or pods as KubeRay makes them of it."""
    if not document["apiVersion"].startswith("ray.io/"):
        yield document
    elif document["kind"] == "RayCluster":
        spec = document["spec"]
        for group in (spec["headGroupSpec"], *spec["workerGroupSpecs"]):
            yield pod(group["template"]["spec"])
        overrides = {key: spec["autoscalerOptions"][key] for key in ("securityContext", "volumeMounts")}
        yield pod({"containers": [{"name": "autoscaler", "image": "autoscaler", **overrides}]})


def pod(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a pod."""
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": spec}


for path in sorted(FOLDER.glob("*.yaml")):
    for document in yaml.safe_load_all(path.read_text()):
        for one in objects(document):
            for version in VERSIONS:
                kubernetes_validate.validate(one, version, strict=True)
            print(f"{path.name}: {document['kind']}: {one['kind']} fits Kubernetes {', '.join(VERSIONS)}.")
