"""What jobs on Ray cost beside the plain command, and a plan for very many images.

python -m bench.scale measure GTSRB    images/s, memory and start-up time on a million crops; writes a JSON file
python -m bench.scale plan FILE        hours, machines and cost of jobs, simulated with what was measured
"""
