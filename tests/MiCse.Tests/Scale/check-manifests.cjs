// Checks Kubernetes manifests, given as a JSON array on standard input, against the schemas of kubernetes-models.
const models = {
    'batch/v1 Job': require('kubernetes-models/batch/v1').Job,
    'v1 PersistentVolumeClaim': require('kubernetes-models/v1').PersistentVolumeClaim,
};
for (const manifest of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
    new models[`${manifest.apiVersion} ${manifest.kind}`](manifest).validate();
}
