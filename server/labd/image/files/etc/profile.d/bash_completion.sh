# Bash reads its completions at the first Tab: see /root/.bashrc.
